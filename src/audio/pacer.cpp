#include "audio/pacer.h"

#include <utility>

namespace comcat::audio {

Pacer::Pacer(std::function<bool()> on_block) : on_block_(std::move(on_block)) {}

std::optional<base::Time> Pacer::step(base::Time now) {
  if (!deadline_) deadline_ = now;
  skip_excess(now);
  for (; *deadline_ <= now; *deadline_ += kBlockDuration) {
    if (!on_block_()) return std::nullopt;
  }
  return deadline_;
}

void Pacer::skip_excess(base::Time now) {
  if (now - *deadline_ <= kMaxBacklog) return;
  const auto excess = (now - *deadline_ - kMaxBacklog + kBlockDuration - base::Duration(1)) /
                      base::Duration(kBlockDuration);
  *deadline_ += excess * base::Duration(kBlockDuration);
}

}  // namespace comcat::audio
