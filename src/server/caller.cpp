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

void Caller::answer(std::uint64_t trace_id, const absl::Status& status) {
  answer({trace_id, static_cast<int>(status.code()), std::string(status.message()), {}});
}

}  // namespace comcat::server
