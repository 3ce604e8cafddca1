#include "comcat/datagram/replay_window.h"

#include <algorithm>
#include <cassert>

namespace comcat::datagram {

bool ReplayWindow::is_new(std::uint64_t counter) const {
  if (counter >= end_) return true;
  if (end_ - counter > kSize) return false;
  return (come_[word_of(counter)] & bit_of(counter)) == 0;
}

bool ReplayWindow::mark(std::uint64_t counter) {
  assert(is_new(counter));
  const bool highest = counter >= end_;
  if (highest) {
    // The words between the highest so far and this one hold what has left the window.
    const std::uint64_t last = end_ == 0 ? 0 : (end_ - 1) / kWordBits;
    const std::uint64_t passed = std::min(counter / kWordBits - last, kWords);
    for (std::uint64_t i = 1; i <= passed; ++i) come_[word_of((last + i) * kWordBits)] = 0;
    end_ = counter + 1;
  }
  come_[word_of(counter)] |= bit_of(counter);
  return highest;
}

bool SequenceFilter::take(std::uint32_t sequence) {
  const std::uint64_t number = window_ ? unwrap(sequence) : 0;
  if (!window_ || number + ReplayWindow::kSize < window_->end()) {
    window_.emplace();
    window_->mark((std::uint64_t{1} << 32) + sequence);
    return true;
  }
  if (!window_->is_new(number)) return false;
  window_->mark(number);
  return true;
}

/// The number with these low bits that is nearest to the newest.
std::uint64_t SequenceFilter::unwrap(std::uint32_t sequence) const {
  const std::uint64_t newest = window_->end() - 1;
  const auto ahead = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(newest));
  return newest + static_cast<std::uint64_t>(static_cast<std::int64_t>(ahead));
}

}  // namespace comcat::datagram
