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
#include "comcat/base/realtime.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/playout/mixer.h"
#include "comcat/wire/messages.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// From packets to the loudspeaker: reader → ring → playout thread (jitter buffers, decoders, mix)
/// → ring of 10 ms blocks → the sink's callback.
///
/// Threads    receive() from the stream's thread; wait() and step() from the playout thread;
///            on_render() from the sink's; everything else from any thread.
/// Queues     in: 128 packets (320 ms of eight speakers), emptied each 10 ms; the newest is refused
///            and counted. Between: up to max_delay per speaker, in the Mixer. Out: as many blocks
///            as one callback asks for and one more; when it runs dry the callback plays zeros and
///            counts them.
/// Waking     the callback announces each block it took through a ring of its own, which posts a
///            semaphore: a system call that never waits.
class Playback final : public audio::RenderHandler {
 public:
  struct Stats {
    std::uint64_t overflowed_packets = 0;  // the playout thread was late
    std::uint64_t underrun_samples = 0;    // the callback found nothing to play
    std::chrono::milliseconds output_delay{0};
    std::map<wire::SessionNumber, playout::PlayoutStats> speakers;
  };

  explicit Playback(playout::PlayoutOptions options = {});

  void receive(wire::VoicePackets frames, base::Time now);

  /// Waits until the sink has taken a block, for at most `patience`.
  void wait(std::chrono::microseconds patience);
  /// Hands what came in to the mixer and fills the output ring up to its target.
  void step(base::Time now);

  void on_render(std::span<float> samples) COMCAT_REALTIME override;

  /// Silence; what comes in is thrown away.
  void set_deafened(bool deafened) { deafened_.store(deafened, std::memory_order_relaxed); }
  void set_gain(wire::SessionNumber speaker, float gain);
  /// The speaker left: what is queued still plays.
  void remove(wire::SessionNumber speaker);
  [[nodiscard]] Stats stats() const;

 private:
  struct Received {
    wire::VoicePacket packet;
    base::Time at{};
  };
  static constexpr std::size_t kIncomingPackets = 128;
  static constexpr std::size_t kOutputBlocks = 32;

  [[nodiscard]] bool next_block() COMCAT_REALTIME;
  [[nodiscard]] std::size_t target_blocks() const;

  std::atomic<bool> deafened_{false};
  base::SpscRing<Received> incoming_{kIncomingPackets};
  base::SpscRing<audio::Block> output_{kOutputBlocks};
  base::SpscRing<std::uint8_t> taken_{kOutputBlocks};

  mutable absl::Mutex mutex_;
  playout::Mixer mixer_ ABSL_GUARDED_BY(mutex_);

  // The playout thread.
  Received received_;
  audio::Block mixed_{};

  // The sink's thread.
  audio::Block playing_{};
  std::size_t played_samples_ = audio::kBlockSamples;
  bool primed_ = false;

  std::atomic<std::size_t> largest_request_samples_{audio::kBlockSamples};
  std::atomic<std::uint64_t> overflowed_packets_{0};
  std::atomic<std::uint64_t> underrun_samples_{0};
};

}  // namespace comcat::client
