#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "comcat/base/cpu_clock.h"
#include "comcat/client/capture_framer.h"
#include "comcat/client/encoder_effort.h"
#include "comcat/client/file_player.h"
#include "comcat/client/levels.h"
#include "comcat/client/muted_speech.h"
#include "comcat/client/speech_gate.h"
#include "comcat/client/voice_stages.h"
#include "comcat/codec/encoder.h"
#include "comcat/wire/limits.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::client {

/// The encode thread's side of capture: what happens to a block of the microphone, in order, from
/// the ring to a packet. Whatever changes the sound stands first and takes every block; then comes
/// what a file has to say, then mute, so that it goes on over mute; then frames, and the encoder.
///
/// Pauses     are sent with Activation::kAlways, and of a file. Where a source brings nothing there
///            is none to send, unless all packets are to be of one size; the 100 ms that follow its
///            sound are sent, as the encoder has not told all of that yet.
/// Threads    take() from the encode thread; set_short_frames(), set_easing() and the counts from
///            any. `send` and
///            `on_muted_speech` (MutedSpeech, may be empty) are called within take().
/// Ownership  the stages outlive it.
/// Units      positions are samples at 48 kHz since the start, and become timestamps.
class CaptureChain {
 public:
  using Send = std::function<void(const wire::VoicePacket&)>;

  using OnMutedSpeech = std::function<void()>;
  /// The CPU time of the thread that calls it.
  using CpuClock = std::function<std::chrono::nanoseconds()>;

  CaptureChain(codec::Encoder encoder, VoiceStages& stages, Send send,
               OnMutedSpeech on_muted_speech = {}, CpuClock cpu_clock = base::thread_cpu_time);

  /// Takes the next block. `muted`: nobody may hear it, nor what waits for the rest of its frame.
  void take(CapturedBlock block, bool muted);

  /// Packets of the same length from Opus frames of 5 ms, from the next packet on.
  void set_short_frames(bool short_frames) {
    short_frames_.store(short_frames, std::memory_order_relaxed);
  }

  /// As codec::eased(), from the next frame on.
  void set_easing(unsigned step) { easing_.store(step, std::memory_order_relaxed); }

  /// How far the encoder looks ahead. Threads: any.
  [[nodiscard]] std::chrono::microseconds lookahead() const { return lookahead_; }

  /// Until the next frame is whole. From the encode thread.
  [[nodiscard]] std::size_t lacking_samples() const {
    return std::max(encoder_.frame_samples(), frame_.size() + 1) - frame_.size();
  }

  /// As EncoderEffort has it: how far it is reduced, and what encoding takes. Threads: any.
  [[nodiscard]] int reduced_effort() const { return reduced_.load(std::memory_order_relaxed); }
  [[nodiscard]] double encoding_share() const { return share_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t encoded_frames() const;
  [[nodiscard]] std::uint64_t sent_frames() const;  // the rest was silence (DTX)
  /// What is spoken besides, or instead.
  [[nodiscard]] FilePlayer& player() { return player_; }

  /// Behind the stages, be it sent or not.
  [[nodiscard]] Levels levels(base::Time now) const { return meter_.levels(now); }
  /// Of the last frame, RFC 6464.
  [[nodiscard]] unsigned level_dbov() const;

 private:
  [[nodiscard]] bool brings_something(const CapturedBlock& block);
  void watch(const CapturedBlock& block, bool muted);
  void gather(const CapturedBlock& block);
  void finish_frame();
  void fill_up();
  void encode_frame();
  [[nodiscard]] std::string_view encode();

  codec::Encoder encoder_;
  const std::chrono::microseconds lookahead_;
  VoiceStages& stages_;
  SpeechGate gate_;
  const Send send_;
  const OnMutedSpeech on_muted_speech_;
  const CpuClock cpu_clock_;
  EncoderEffort effort_;
  MutedSpeech muted_speech_;
  LevelMeter meter_;
  FilePlayer player_;
  std::vector<float> frame_;  // its first blocks
  std::uint64_t frame_position_ = 0;
  bool continuous_ = false;
  std::size_t something_samples_ = 0;  // until the end of what a source has brought is sent
  wire::VoicePacket packet_;
  std::uint32_t next_sequence_ = 0;

  std::atomic<bool> short_frames_{false};
  std::atomic<unsigned> easing_{0};
  std::atomic<int> reduced_{0};
  std::atomic<double> share_{0};
  std::atomic<std::uint64_t> encoded_frames_{0};
  std::atomic<std::uint64_t> sent_frames_{0};
  std::atomic<unsigned> level_dbov_{wire::kSilentDbov};
};

}  // namespace comcat::client
