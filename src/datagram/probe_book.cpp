#include "comcat/datagram/probe_book.h"

namespace comcat::datagram {

void ProbeBook::sent(std::uint64_t token, base::Time now) {
  probes_[next_] = Sent{token, now};
  next_ = (next_ + 1) % kSize;
}

std::optional<base::Duration> ProbeBook::echoed(std::uint64_t token, base::Time now) {
  for (std::optional<Sent>& probe : probes_) {
    if (!probe || probe->token != token) continue;
    const base::Duration under_way = now - probe->when;
    probe.reset();
    return under_way;
  }
  return std::nullopt;
}

}  // namespace comcat::datagram
