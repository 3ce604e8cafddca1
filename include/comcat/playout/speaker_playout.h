#pragma once

#include <cstddef>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/playout/arrivals.h"
#include "comcat/playout/decision.h"
#include "comcat/playout/execution.h"
#include "comcat/playout/frame_decoder.h"
#include "comcat/playout/jitter_buffer.h"
#include "comcat/playout/playhead.h"
#include "comcat/playout/playout_options.h"
#include "comcat/playout/playout_stats.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::playout {

/// One speaker at this listener: packets in, sound out, at a delay that follows the network.
/// Each pull asks Decision what to do, lets Execution do it, and counts, until the block is there.
///
/// Threads  one at a time.
/// Memory   JitterBuffer's and Execution's.
class SpeakerPlayout {
 public:
  explicit SpeakerPlayout(const PlayoutOptions& options,
                          DecoderFactory& decoders = opus_decoders());

  /// A packet that arrived at `now`; its speaker is the caller's affair.
  void insert(const wire::VoicePacket& packet, base::Time now, wire::Via via = wire::Via::kStream);

  /// Writes what is due at `due`; false where that is silence (`out` is then zeros). REQUIRES a
  /// multiple of 2.5 ms, at most a block.
  bool pull(std::span<float> out, base::Time due);

  /// Nothing waits and nothing plays.
  [[nodiscard]] bool idle() const;

  /// Gives back the decoder. REQUIRES idle().
  void release_decoder() { execution_.release_decoder(); }

  [[nodiscard]] base::Time last_heard() const { return last_heard_; }
  [[nodiscard]] PlayoutStats stats() const;

 private:
  void restart();
  [[nodiscard]] Situation look(base::Time due) const;
  [[nodiscard]] Situation::First look_at(const JitterBuffer::Frame& front, base::Time due) const;
  void carry_out(const Order& order);
  void take_front(const Order& order, std::size_t samples);
  bool play(std::span<float> out, base::Time due);

  JitterBuffer buffer_;
  Arrivals arrivals_;
  Decision decision_;
  Execution execution_;
  Playhead playhead_;
  std::size_t pull_samples_ = audio::kBlockSamples;  // of the last pull
  base::Time last_heard_{};
  PlayoutStats stats_;
};

}  // namespace comcat::playout
