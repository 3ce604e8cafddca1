#include "comcat/transport/reconnect.h"

#include <utility>

namespace comcat::transport {

void Reconnect::on_welcome() {
  welcomed_once_ = true;
  outage_ = false;
  backoff_.reset();
}

Reconnect::Decision Reconnect::on_end(const Failure& failure, base::Time now) {
  if (!welcomed_once_ || !failure.worth_retrying) return {};
  return {backoff_.next(now), !std::exchange(outage_, true)};
}

}  // namespace comcat::transport
