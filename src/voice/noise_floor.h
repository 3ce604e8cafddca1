#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace comcat::voice {

/// How loud it is while nobody speaks: the quietest of the last ten seconds. All speech pauses
/// sooner, and few hold a note for longer.
///
/// Threads    one at a time.
/// Units      dBFS of blocks of 10 ms, which are its clock.
class NoiseFloor {
 public:
  void take(double level_dbfs) {
    if (blocks_ == 0) {
      smooth_dbfs_ = level_dbfs;
      quietest_.fill(level_dbfs);
    }
    smooth_dbfs_ += (level_dbfs - smooth_dbfs_) / 3;
    quietest_[0] = std::min(quietest_[0], smooth_dbfs_);
    if (++blocks_ % kPartBlocks != 0) return;
    std::shift_right(quietest_.begin(), quietest_.end(), 1);
    quietest_[0] = smooth_dbfs_;
  }
  [[nodiscard]] double dbfs() const { return *std::ranges::min_element(quietest_); }
  /// Whether it has heard too little to know: somebody may have been speaking all the time.
  [[nodiscard]] bool in_doubt() const { return blocks_ < kDoubtBlocks; }

 private:
  static constexpr std::size_t kDoubtBlocks = 60;
  static constexpr std::size_t kPartBlocks = 100;

  std::array<double, 10> quietest_{};  // of each part
  double smooth_dbfs_ = 0;
  std::size_t blocks_ = 0;
};

}  // namespace comcat::voice
