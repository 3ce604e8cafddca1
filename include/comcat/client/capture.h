#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/audio/source.h"
#include "comcat/base/realtime.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/codec/encoder.h"
#include "comcat/wire/messages.h"

#include "absl/status/statusor.h"

namespace comcat::client {

/// From the microphone to packets: 10 ms blocks through a lock-free ring to an encode thread.
///
/// Threads    on_captured() from the source's thread; step() from the encode thread; set_muted()
///            and stats() from any.
/// Queue      the ring holds 100 ms. When the encode thread is that late, the newest block is lost
///            and counted; the timestamps of what follows tell the listener.
/// Muted      nothing enters the ring, nothing is encoded, nothing leaves: the encode thread
///            sleeps. Timestamps go on with the microphone, over silence as over mute.
class Capture final : public audio::CaptureHandler {
 public:
  using Send = std::function<void(const wire::VoicePacket&)>;

  struct Stats {
    std::uint64_t captured_blocks = 0;    // while not muted
    std::uint64_t overflowed_blocks = 0;  // the encode thread was late
    std::uint64_t encoded_frames = 0;
    std::uint64_t sent_frames = 0;  // the rest was silence (DTX)
    unsigned level_dbov = wire::kSilentDbov;
  };

  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Capture>> create(
      const codec::EncoderOptions& options, Send send);

  void on_captured(std::span<const float> samples) COMCAT_REALTIME override;

  /// Waits for a block for at most `patience`, then encodes every whole frame there is.
  void step(std::chrono::microseconds patience);

  void set_muted(bool muted) { muted_.store(muted, std::memory_order_relaxed); }
  [[nodiscard]] bool muted() const { return muted_.load(std::memory_order_relaxed); }
  [[nodiscard]] Stats stats() const;

 private:
  struct Captured {
    audio::Block samples;
    std::uint64_t position = 0;  // of the first sample since the start
  };
  static constexpr std::size_t kRingBlocks = 10;

  Capture(codec::Encoder encoder, Send send);
  void finish_block() COMCAT_REALTIME;
  void take(const Captured& block);
  void encode_frame();

  std::atomic<bool> muted_{false};
  base::SpscRing<Captured> ring_{kRingBlocks};

  // The source's thread.
  Captured filling_;
  std::size_t filled_samples_ = 0;

  // The encode thread.
  codec::Encoder encoder_;
  Send send_;
  Captured taken_;
  std::vector<float> frame_;
  std::uint64_t frame_position_ = 0;
  wire::VoicePacket packet_;
  std::uint32_t next_sequence_ = 0;

  std::atomic<std::uint64_t> captured_blocks_{0};
  std::atomic<std::uint64_t> overflowed_blocks_{0};
  std::atomic<std::uint64_t> encoded_frames_{0};
  std::atomic<std::uint64_t> sent_frames_{0};
  std::atomic<unsigned> level_dbov_{wire::kSilentDbov};
};

}  // namespace comcat::client
