#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace comcat::playout {

/// Decoded samples of one speaker that wait to be played, and the last ones that were: time
/// stretching looks both ways.
///
/// Threads  one at a time. Spans into it hold until the next call that is not const.
/// Memory   what waits plus kHistorySamples; the caller bounds what waits. Allocates only while it
///          grows beyond what it ever held.
class SampleQueue {
 public:
  static constexpr std::size_t kHistorySamples = 960;

  SampleQueue();

  void push(std::span<const float> samples);

  /// Moves the next out.size() samples to `out`; REQUIRES ahead() >= out.size().
  void pop(std::span<float> out);

  /// How many samples wait.
  [[nodiscard]] std::size_t ahead() const { return samples_.size() - head_; }

  /// The samples that wait, and those played before them (at first silence), oldest first.
  [[nodiscard]] std::span<const float> waiting() const {
    return {samples_.data() + head_, ahead()};
  }
  [[nodiscard]] std::span<const float> history() const {
    return {samples_.data() + head_ - kHistorySamples, kHistorySamples};
  }

  /// Takes the first `count` waiting samples out of the sequence, as if they had never been, and
  /// puts `blend` over what then comes first. REQUIRES ahead() >= count + blend.size().
  void remove(std::size_t count, std::span<const float> blend);

  /// Writes `samples` over the first that wait. REQUIRES ahead() >= samples.size().
  void replace_front(std::span<const float> samples);

  /// Puts `samples` before what waits.
  void prepend(std::span<const float> samples);

 private:
  std::vector<float> samples_;
  std::size_t head_ = kHistorySamples;
};

}  // namespace comcat::playout
