#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/base/realtime.h"
#include "comcat/base/semaphore.h"
#include "comcat/base/spsc_ring.h"

namespace comcat::client {

/// 10 ms of the microphone, or a frame where those are shorter.
struct CapturedBlock {
  [[nodiscard]] std::span<const float> sound() const { return std::span(samples).first(size); }

  audio::Block samples{};
  std::size_t size = audio::kBlockSamples;  // of them
  std::uint64_t position = 0;               // of its first sample since the start
  base::Time at{};                          // when it was whole
  bool muted = false;                       // when it was captured
  bool nothing = false;                     // as CaptureHandler::on_nothing() has it
};

/// The callback's side of capture: whatever a source delivers at a time becomes blocks of 10 ms
/// or less with their positions, in a lock-free ring. A muted microphone's blocks are marked and
/// not left out, so that what adapts to the sound behind the ring may go on adapting.
///
/// Threads    add() from the source's thread; wait() and pop() from the encode thread; the
///            counts from any.
/// Waking     costs more than a block of silence: the encode thread is woken once there are as many
///            blocks as it wants, and while muted each 50 ms.
/// Queue      the ring holds 100 ms. When the encode thread is that late, the newest block is lost;
///            the positions of those that follow tell.
class CaptureFramer {
 public:
  /// `block_samples`: of each block, at most audio::kBlockSamples.
  explicit CaptureFramer(std::size_t block_samples = audio::kBlockSamples)
      : block_samples_(block_samples), ring_(kRingSamples / block_samples) {}

  void add(std::span<const float> samples, bool muted, base::Time now,
           bool nothing = false) COMCAT_REALTIME;

  /// Waits until `samples` or more are there, but for at most 20 ms of sound, 50 where it is muted,
  /// and `patience`; false where it was not woken.
  bool wait(std::size_t samples, std::chrono::microseconds patience);
  [[nodiscard]] bool pop(CapturedBlock& block) { return ring_.pop(block); }

  /// Blocks that were captured and those of them that were lost, muted ones not.
  [[nodiscard]] std::uint64_t captured_blocks() const;
  [[nodiscard]] std::uint64_t overflowed_blocks() const;

 private:
  static constexpr std::size_t kRingSamples = 10 * audio::kBlockSamples;
  static constexpr std::size_t kMostWantedSamples = 2 * audio::kBlockSamples;
  static constexpr std::size_t kMutedSamples = 5 * audio::kBlockSamples;

  void finish_block(bool muted, base::Time now) COMCAT_REALTIME;

  const std::size_t block_samples_;
  base::SpscRing<CapturedBlock> ring_;
  std::atomic<std::size_t> wanted_samples_{0};
  base::Semaphore enough_;

  // The source's thread.
  CapturedBlock filling_;
  std::size_t filled_samples_ = 0;

  std::atomic<std::uint64_t> captured_blocks_{0};
  std::atomic<std::uint64_t> overflowed_blocks_{0};
};

}  // namespace comcat::client
