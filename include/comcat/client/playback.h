#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"
#include "comcat/base/clock.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/client/levels.h"
#include "comcat/playout/mixer.h"
#include "comcat/voice/far_end_line.h"
#include "comcat/wire/messages.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// From packets to the loudspeaker: the thread that has received them → ring → the sink's thread,
/// which decodes, stretches and mixes what it is about to play.
///
/// Threads    receive() from one at a time, as StreamHandler::on_voice() is called; on_render(),
///            on_turn() and render() from the sink's; everything else from any thread.
/// Queue      128 packets (320 ms of eight speakers), emptied for each pull; the newest is refused
///            and counted. Behind it: up to max_delay per speaker, in the Mixer. What is mixed
///            waits in the sink.
class Playback final : public audio::RenderHandler {
 public:
  /// Louder than background noise; kVoiceHold bridges the pauses between words.
  static constexpr unsigned kVoiceDbov = 60;
  static constexpr std::chrono::milliseconds kVoiceHold{400};

  struct Stats {
    std::uint64_t overflowed_packets = 0;  // the sink's thread was late
    std::map<wire::SessionNumber, playout::PlayoutStats> speakers;
  };

  /// `far_end`: told what is played; outlives this. Null: nobody wants to know.
  explicit Playback(playout::PlayoutOptions options = {}, voice::FarEndLine* far_end = nullptr);

  void receive(wire::VoicePackets frames, wire::Via via, base::Time now);

  void on_render(std::span<float> samples) noexcept override {
    render(samples, base::steady_now());
  }
  void on_turn(const audio::RenderTurn& turn) noexcept override;
  /// Hands what came in to the mixer and fills `samples`.
  void render(std::span<float> samples, base::Time now);

  /// Silence; what comes in is thrown away.
  void set_deafened(bool deafened) { deafened_.store(deafened, std::memory_order_relaxed); }
  /// As Mixer::expect_jitter().
  void expect_jitter(std::chrono::milliseconds jitter);
  void set_gain(wire::SessionNumber speaker, float gain);
  /// The speaker left: what is queued still plays.
  void remove(wire::SessionNumber speaker);
  /// A speaker is `talking` who has sent voice, by its level, within kVoiceHold of `now`.
  [[nodiscard]] Stats stats(base::Time now) const;
  /// Of all that is played, mixed and limited.
  [[nodiscard]] Levels levels(base::Time now) const { return meter_.levels(now); }

 private:
  struct Received {
    wire::VoicePacket packet;
    base::Time at{};
    wire::Via via = wire::Via::kStream;
  };
  static constexpr std::size_t kIncomingPackets = 128;

  void take_in(bool silent) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::span<const float> pull(std::size_t samples, base::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void note_voice(wire::SessionNumber speaker, base::Time at) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<bool> deafened_{false};
  std::atomic<std::uint64_t> overflowed_packets_{0};
  base::SpscRing<Received> incoming_{kIncomingPackets};
  LevelMeter meter_;

  mutable absl::Mutex mutex_;
  voice::FarEndLine* const far_end_ ABSL_PT_GUARDED_BY(mutex_);
  playout::Mixer mixer_ ABSL_GUARDED_BY(mutex_);
  std::map<wire::SessionNumber, base::Time> voice_at_ ABSL_GUARDED_BY(mutex_);  // heard last
  Received received_ ABSL_GUARDED_BY(mutex_);
  audio::Block playing_ ABSL_GUARDED_BY(mutex_){};
  std::span<const float> rest_ ABSL_GUARDED_BY(mutex_);  // of playing_: not handed out yet
};

}  // namespace comcat::client
