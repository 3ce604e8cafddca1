#include "comcat/server/caller.h"

#include <memory>
#include <utility>

#include "comcat/wire/convert.h"

namespace comcat::server {

Caller::Caller(Link& link, std::string its_address, const CallerLimits& limits)
    : address(std::move(its_address)), listener(link, limits.queue), conduct(limits.conduct) {}

void Caller::answer(const wire::Outcome& outcome) {
  if (who.original) return;
  listener.send(std::make_shared<const std::string>(wire::encode_response(outcome)));
}

}  // namespace comcat::server
