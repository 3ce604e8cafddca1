#include "comcat/playout/pull_clock.h"

#include <algorithm>

#include "comcat/playout/micros.h"

namespace comcat::playout {
namespace {

/// A pull this much later than the earliest is a process that was suspended, not an uneven card.
constexpr std::chrono::milliseconds kSuspended{100};
constexpr std::int64_t kWindowSamples = 15'360;  // 320 ms

}  // namespace

base::Time PullClock::tick(std::size_t samples, base::Time now) {
  if (samples_ == 0) begin_ = now;
  const base::Time even = begin_ + to_micros(samples_);
  const base::Duration lead = now - even;
  if (count_ > 0 && lead - earliest() > kSuspended) count_ = 0;
  pulls_[count_++ % kMost] = {samples_, lead};
  samples_ += static_cast<std::int64_t>(samples);
  return even + earliest();
}

base::Duration PullClock::earliest() const {
  const Pull& newest = pulls_[(count_ - 1) % kMost];
  base::Duration least = newest.lead;
  for (std::size_t back = 2; back <= std::min(count_, kMost); ++back) {
    const Pull& pull = pulls_[(count_ - back) % kMost];
    if (newest.place - pull.place >= kWindowSamples) break;
    least = std::min(least, pull.lead);
  }
  return least;
}

}  // namespace comcat::playout
