#include "connection_budget.h"

namespace comcat::server {

std::optional<std::string_view> ConnectionBudget::check(const ConnectionCounts& counted,
                                                        base::Time now) {
  const base::Duration passed = now - at_;
  received_.add(counted.received - last_.received, counted.bytes_in - last_.bytes_in, passed);
  sent_.add(counted.sent - last_.sent, counted.bytes_out - last_.bytes_out, passed);
  streams_.add(counted.streams - last_.streams, 0, passed);
  last_ = counted;
  at_ = now;
  if (received_.level() > kBytes) return "it sent much that was no message";
  if (sent_.level() > kBytesOut) return "it had much sent to it that was no message";
  if (streams_.level() > kStreams) return "it began too many streams";
  return std::nullopt;
}

}  // namespace comcat::server
