#include "comcat/datagram/send_path.h"

#include <algorithm>

namespace comcat::datagram {
namespace {

using Phase = SendPath::Phase;

bool is_used(Phase phase) {
  return phase == Phase::kInUse || phase == Phase::kDoubtful;
}

}  // namespace

SendPath::SendPath(bool keeps_alive, base::Time now) : keeps_alive_(keeps_alive) {
  enter(Phase::kStarting, now);
}

void SendPath::sent(Type type, std::uint64_t counter, base::Time now) {
  evidence_.sent(counter, type == Type::kVoice || type == Type::kProbe, now);
}

void SendPath::told(const Report& report, base::Time now) {
  if (!evidence_.told(report, now)) return;
  losses_.add(report, now);
  if (!is_used(phase_)) return;
  if (losses_.is_full() && losses_.loss() > kMaxLoss) {
    close(now);
  } else if (phase_ == Phase::kDoubtful && evidence_.proves()) {
    enter(Phase::kInUse, now);
  }
}

void SendPath::RoundTrips::add(base::Duration round_trip) {
  newest = round_trip;
  if (compared == kEchoesToStart) return;
  shortest = std::min(shortest, round_trip);
  longest = std::max(longest, round_trip);
  ++compared;
}

void SendPath::RoundTrips::compare_anew() {
  shortest = base::Duration::max();
  longest = {};
  compared = 0;
}

std::optional<base::Duration> SendPath::spread() const {
  if (round_trips_.compared < kEchoesToStart) return std::nullopt;
  return round_trips_.longest - round_trips_.shortest;
}

bool SendPath::echoed(std::uint64_t token, base::Time now) {
  const std::optional<base::Duration> under_way = probes_.echoed(token, now);
  if (!under_way) return false;
  round_trips_.add(*under_way);
  ++course_.echoes;
  if ((phase_ == Phase::kStarting && course_.echoes >= kEchoesToStart) ||
      (phase_ == Phase::kTrying && course_.echoes >= kProbesToReturn)) {
    begin_use(now);
  }
  return true;
}

void SendPath::moved(base::Time now) {
  evidence_.doubt(now);
  round_trips_.compare_anew();
  enter(is_used(phase_) ? Phase::kDoubtful : Phase::kStarting, now);
}

bool SendPath::tick(base::Time now) {
  const base::Duration waited =
      evidence_.unproven() > 0 ? now - evidence_.since() : base::Duration::zero();
  if (phase_ == Phase::kInUse && waited >= kDoubtAfter) enter(Phase::kDoubtful, now);
  const bool unheard = waited >= kCloseAfter && evidence_.unproven() >= kUnprovenToClose;
  if (phase_ == Phase::kDoubtful && unheard) close(now);
  if (phase_ == Phase::kStarting && now - course_.began >= kStartWithin) close(now);
  if (phase_ == Phase::kClosed && now - course_.began >= pause_) enter(Phase::kTrying, now);
  if (next_probe_ > now) return false;
  if (phase_ == Phase::kTrying && course_.echoes < course_.probes) {
    close(now);
    return false;
  }
  return true;
}

void SendPath::probe_sent(std::uint64_t token, base::Time now) {
  probes_.sent(token, now);
  ++course_.probes;
  next_probe_ = next_probe_after(now);
}

base::Time SendPath::next_deadline() const {
  base::Time next = next_probe_;
  if (is_used(phase_) && evidence_.unproven() > 0) {
    if (phase_ == Phase::kInUse) next = std::min<base::Time>(next, evidence_.since() + kDoubtAfter);
    if (phase_ == Phase::kDoubtful && evidence_.unproven() >= kUnprovenToClose) {
      next = std::min<base::Time>(next, evidence_.since() + kCloseAfter);
    }
  }
  if (phase_ == Phase::kStarting) {
    next = std::min<base::Time>(next, course_.began + kStartWithin);
  }
  if (phase_ == Phase::kClosed) next = course_.began + pause_;
  return next;
}

Way SendPath::way() const {
  if (phase_ == Phase::kInUse) return Way::kDatagram;
  return phase_ == Phase::kDoubtful ? Way::kBoth : Way::kStream;
}

void SendPath::enter(Phase phase, base::Time now) {
  phase_ = phase;
  course_ = Course{now};
  if (!is_used(phase)) round_trips_.compare_anew();
  probes_.forget();
  next_probe_ = now;
  if (phase == Phase::kInUse) next_probe_ = next_probe_after(now);
  if (phase == Phase::kClosed) next_probe_ = base::Time::max();
}

void SendPath::begin_use(base::Time now) {
  used_since_ = now;
  losses_.clear();
  enter(Phase::kInUse, now);
}

void SendPath::close(base::Time now) {
  const bool lasted = is_used(phase_) && now - used_since_ >= kLastingUse;
  pause_ = lasted || pause_ == base::Duration::zero()
               ? base::Duration(kFirstPause)
               : std::min<base::Duration>(2 * pause_, kLongestPause);
  enter(Phase::kClosed, now);
}

base::Time SendPath::next_probe_after(base::Time now) const {
  switch (phase_) {
    case Phase::kStarting:
    case Phase::kDoubtful:
      // From the last one on, so that a late tick() does not send several at once.
      if (const std::size_t next = course_.probes; next > 0 && next < kBurst.size()) {
        return now + (kBurst[next] - kBurst[next - 1]);
      }
      return phase_ == Phase::kStarting ? base::Time::max() : now + kProbeGap;
    case Phase::kTrying:
      return now + kProbeGap;
    case Phase::kInUse:
      if (!keeps_alive_) return base::Time::max();
      if (losses_.loss() > kWatchedLoss) return now + kProbeGap;
      return now + (now - used_since_ < kLastingUse ? kEarlyKeepalive : kKeepalive);
    case Phase::kClosed:
      break;
  }
  return base::Time::max();
}

}  // namespace comcat::datagram
