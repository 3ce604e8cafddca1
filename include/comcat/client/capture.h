#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "comcat/audio/source.h"
#include "comcat/base/realtime.h"
#include "comcat/client/capture_chain.h"
#include "comcat/client/capture_framer.h"
#include "comcat/client/voice_stages.h"
#include "comcat/codec/encoder.h"
#include "comcat/wire/limits.h"

#include "absl/status/statusor.h"

namespace comcat::client {

/// From the microphone to packets: the framer, on the source's thread, and the chain that ends in
/// the encoder, on the encode thread.
///
/// Threads    on_captured() and on_nothing() from the source's thread; step() from the encode
///            thread; set_muted(), set_short_frames(), set_easing(), stats() and levels() from any.
/// Queue      the framer's ring: 100 ms. When the encode thread is that late, the newest block is
///            lost and counted; the timestamps of what follows tell the listener.
/// Muted      nothing is encoded, nothing leaves: not what is captured meanwhile, and not what had
///            not left before. Timestamps go on with the microphone, over silence as over mute. The
///            encode thread still wakes 20 times a second, as the stages before mute need.
class Capture final : public audio::CaptureHandler {
 public:
  using Send = CaptureChain::Send;
  using OnMutedSpeech = CaptureChain::OnMutedSpeech;

  struct Stats {
    std::uint64_t captured_blocks = 0;    // while not muted
    std::uint64_t overflowed_blocks = 0;  // of these: the encode thread was late
    std::uint64_t encoded_frames = 0;
    std::uint64_t sent_frames = 0;  // the rest was silence (DTX)
    unsigned level_dbov = wire::kSilentDbov;
    std::chrono::microseconds lookahead{0};  // of the encoder
    int reduced_effort = 0;                  // as EncoderEffort has it
    double encoding_share = 0;
  };

  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Capture>> create(
      const codec::EncoderOptions& options, Send send, OnMutedSpeech on_muted_speech = {});

  void on_captured(std::span<const float> samples) COMCAT_REALTIME override {
    framer_.add(samples, muted(), base::steady_now());
  }
  void on_nothing(std::span<const float> silence) COMCAT_REALTIME override {
    framer_.add(silence, muted(), base::steady_now(), /*nothing=*/true);
  }

  /// Waits for what lacks of a frame for at most `patience`, then takes every block there is.
  void step(std::chrono::microseconds patience);

  void set_muted(bool muted) { muted_.store(muted, std::memory_order_relaxed); }
  [[nodiscard]] bool muted() const { return muted_.load(std::memory_order_relaxed); }
  /// For listeners who can decode 5 ms at a time and no more.
  void set_short_frames(bool short_frames) { chain_.set_short_frames(short_frames); }
  /// As CaptureChain::set_easing().
  void set_easing(unsigned step) { chain_.set_easing(step); }
  /// What is done to the microphone's sound.
  [[nodiscard]] VoiceStages& stages() { return stages_; }
  [[nodiscard]] const VoiceStages& stages() const { return stages_; }
  /// As CaptureChain::player().
  [[nodiscard]] FilePlayer& player() { return chain_.player(); }
  [[nodiscard]] Stats stats() const;
  /// As CaptureChain::levels().
  [[nodiscard]] Levels levels(base::Time now) const { return chain_.levels(now); }

 private:
  Capture(codec::Encoder encoder, Send send, OnMutedSpeech on_muted_speech);

  std::atomic<bool> muted_{false};
  CaptureFramer framer_;
  VoiceStages stages_;
  CaptureChain chain_;
  CapturedBlock taken_;  // the encode thread's
};

}  // namespace comcat::client
