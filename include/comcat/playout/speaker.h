#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/playout/concealment.h"
#include "comcat/playout/delay_estimator.h"
#include "comcat/playout/drift_meter.h"
#include "comcat/playout/jitter_buffer.h"
#include "comcat/playout/micros.h"
#include "comcat/playout/playout_options.h"
#include "comcat/playout/playout_stats.h"
#include "comcat/playout/sample_queue.h"

namespace comcat::playout {

/// One speaker at this listener: packets in, 10 ms blocks out, at a delay that follows the network.
///
/// Between spurts there is only the choice of when to begin: a spurt begins when its first packet
/// has waited for the target. Within a spurt each pull, in this order,
///   - throws away what is hopelessly late (kTooLate above max_delay),
///   - compares the delay with its target and takes out or repeats a little (time_stretch.h), more
///     where it is quiet and where the difference is large,
///   - when the next packet is overdue and the samples run out, repeats a little too: that gains
///     the time in which it often comes,
///   - decodes. A packet that is missing while its successor is here is lost: FEC or concealment
///     fills exactly its time. Where nothing is here, concealment fills the block and playing goes
///     on later where it stopped, so a stall costs no words; after 100 ms it has faded and the
///     spurt is over.
///
/// A timestamp that jumps while the sequence does not is silence (DTX): nothing is lost or
/// concealed, and the next spurt may begin at its best time.
///
/// Threads  one at a time.
/// Memory   JitterBuffer's and at most a few packets of samples.
class Speaker {
 public:
  static constexpr std::chrono::milliseconds kTooLate{100};

  explicit Speaker(PlayoutOptions options, DecoderFactory& decoders = opus_decoders());

  void insert(const wire::VoicePacket& packet, base::Time now);

  /// Writes the 10 ms that are due at `due`; false where that is silence (`out` is then zeros).
  bool pull(std::span<float, audio::kBlockSamples> out, base::Time due);

  /// Nothing waits and nothing plays.
  [[nodiscard]] bool idle() const { return !talking_ && buffer_.empty() && queue_.ahead() == 0; }

  /// Gives back the decoder. REQUIRES idle().
  void release_decoder() { concealment_.release(); }

  [[nodiscard]] base::Time last_heard() const { return last_heard_; }
  [[nodiscard]] PlayoutStats stats() const;

 private:
  void estimate(JitterBuffer::Insert outcome, base::Time now);
  void skip_what_is_too_late(base::Time due);
  void begin_when_due(base::Time due);
  void adjust(base::Time due);
  void accelerate(Micros excess, std::size_t most_samples);
  void expand(std::size_t most_samples, float least_match);
  void stretch_over_a_gap(base::Time due);
  void fill_block();
  bool decode_next();
  bool decode_front();
  void fill_gap(std::int64_t gap);
  void conceal(std::size_t samples);
  void end_spurt();
  void settle_wait(std::int64_t speech_samples);
  bool play(std::span<float, audio::kBlockSamples> out, base::Time due);

  [[nodiscard]] Micros aim() const;
  [[nodiscard]] std::size_t phase() const;
  [[nodiscard]] Micros delay(base::Time due) const;
  [[nodiscard]] std::int64_t head() const;
  [[nodiscard]] bool next_is_here() const;
  [[nodiscard]] bool quiet() const;

  const PlayoutOptions options_;
  JitterBuffer buffer_;
  DelayEstimator estimator_;
  DriftMeter drift_;
  Concealment concealment_;
  SampleQueue queue_;

  bool talking_ = false;
  bool heard_before_ = false;        // tail_ means something
  std::int64_t tail_ = 0;            // the timestamp that follows what was decoded
  std::size_t frame_samples_ = 960;  // of the last packet
  std::size_t waited_samples_ = 0;   // played since tail_ was due and its packet was not here
  int blocks_idle_ = 0;              // for which a packet has waited to begin a spurt
  int blocks_since_stretch_ = 0;
  std::size_t repeat_credit_samples_ = 0;
  float loudness_ = 0;             // RMS of the loudest frame lately
  std::int64_t invented_end_ = 0;  // in played samples: where concealment in queue_ ends
  std::int64_t invented_begin_ = 0;
  std::int64_t newest_sequence_ = 0;
  std::int64_t newest_end_ = 0;  // timestamp that follows the newest packet
  base::Time last_heard_{};
  Micros last_delay_{0};
  PlayoutStats stats_;
};

}  // namespace comcat::playout
