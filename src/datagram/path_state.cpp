#include "comcat/datagram/path_state.h"

#include <algorithm>

namespace comcat::datagram {

Probe PathState::probe_came(const Probe& probe, base::Time now) {
  out_.told(probe.report, now);
  return {probe.token, in_.report()};
}

bool PathState::echo_came(const Probe& echo, base::Time now) {
  const bool ours = out_.echoed(echo.token, now);
  out_.told(echo.report, now);
  return ours;
}

PathState::Due PathState::due(base::Time now) {
  Due due;
  due.probe = out_.tick(now);
  due.report = in_.due_at() <= now;
  return due;
}

base::Time PathState::next_deadline() const {
  return std::min(out_.next_deadline(), in_.due_at());
}

Probe PathState::probe(std::uint64_t token, base::Time now) {
  out_.probe_sent(token, now);
  return {token, in_.report()};
}

Report PathState::report(base::Time now) {
  in_.told(now);
  return in_.report();
}

}  // namespace comcat::datagram
