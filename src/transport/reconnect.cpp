#include "comcat/transport/reconnect.h"

namespace comcat::transport {

void Reconnect::on_welcome() {
  welcomed_once_ = true;
  announced_.clear();
  backoff_.reset();
}

Reconnect::Decision Reconnect::on_end(const Failure& failure, base::Time now) {
  if (!welcomed_once_ || !failure.worth_retrying) return {};
  return {backoff_.next(now), announced_.insert(failure.kind).second};
}

}  // namespace comcat::transport
