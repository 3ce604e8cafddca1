#include "comcat/playout/pull_clock.h"

#include <algorithm>

#include "comcat/audio/frame.h"

namespace comcat::playout {
namespace {

/// A pull this much later than the earliest is a process that was suspended, not an uneven card.
constexpr std::chrono::milliseconds kSuspended{100};

}  // namespace

base::Time PullClock::tick(base::Time now) {
  if (count_ == 0) begin_ = now;
  const base::Time even = begin_ + audio::kBlockDuration * static_cast<std::int64_t>(count_);
  const base::Duration lead = now - even;
  if (count_ == 0 || lead - *std::ranges::min_element(leads_) > kSuspended) leads_.fill(lead);
  leads_[count_ % kPulls] = lead;
  ++count_;
  return even + *std::ranges::min_element(leads_);
}

}  // namespace comcat::playout
