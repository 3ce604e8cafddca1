#include "comcat/transport/reconnect.h"

#include <utility>

namespace comcat::transport {

void Reconnect::on_welcome() {
  welcomed_once_ = true;
  welcomed_ = true;
  announced_.clear();
}

Reconnect::Decision Reconnect::on_end(const Failure& failure, base::Time now) {
  if (!welcomed_once_ || !failure.worth_retrying) return {};
  if (std::exchange(welcomed_, false) && now - began_ >= kStands) backoff_.reset();
  began_ = backoff_.next(now);
  return {began_, announced_.insert(failure.kind).second};
}

}  // namespace comcat::transport
