#pragma once

#include <cstddef>
#include <optional>

#include "comcat/voice/stage.h"

#include "voice/level.h"

namespace comcat::voice {

/// How much quieter a stage makes what it removes, told from moments in which there is nothing
/// else: echo from those in which others are heard and nobody speaks here, noise from those in
/// which nobody speaks at all.
///
/// Threads    one at a time.
class Reduction {
 public:
  /// Powers before and after the stage.
  void take(double before, double after, const Moment& moment) {
    const bool far = level_dbfs(moment.far) > kHeardDbfs;
    since_far_blocks_ = far ? 0 : since_far_blocks_ + 1;
    if (moment.speech) return;
    if (far) echo_.take(before, after);
    if (since_far_blocks_ > kReverberationBlocks) noise_.take(before, after);
  }

  [[nodiscard]] std::optional<double> of_echo_db() const { return echo_.db(); }
  [[nodiscard]] std::optional<double> of_noise_db() const { return noise_.db(); }

 private:
  static constexpr double kHeardDbfs = -50;
  static constexpr std::size_t kReverberationBlocks = 60;

  /// Means over the last few seconds, the latest counting most.
  class Ratio {
   public:
    void take(double before, double after) {
      constexpr double kStep = 1.0 / 200;
      before_ += kStep * (before - before_);
      after_ += kStep * (after - after_);
      ++blocks_;
    }
    [[nodiscard]] std::optional<double> db() const {
      constexpr std::size_t kEnoughBlocks = 50;
      constexpr double kLeast = 1e-12;
      if (blocks_ < kEnoughBlocks || before_ < kLeast) return std::nullopt;
      return 10 * std::log10(before_ / std::max(after_, kLeast));
    }

   private:
    double before_ = 0;
    double after_ = 0;
    std::size_t blocks_ = 0;
  };

  Ratio echo_;
  Ratio noise_;
  std::size_t since_far_blocks_ = 0;
};

}  // namespace comcat::voice
