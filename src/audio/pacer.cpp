#include "audio/pacer.h"

namespace comcat::audio {

std::optional<base::Time> Pacer::step(base::Time now) {
  if (!deadline_) deadline_ = now;
  skip_excess(now);
  for (; *deadline_ <= now; *deadline_ += turn_) {
    if (!on_turn_()) return std::nullopt;
  }
  return deadline_;
}

void Pacer::skip_excess(base::Time now) {
  if (now - *deadline_ <= kMaxBacklog) return;
  const auto excess = (now - *deadline_ - kMaxBacklog + turn_ - base::Duration(1)) / turn_;
  *deadline_ += excess * turn_;
}

}  // namespace comcat::audio
