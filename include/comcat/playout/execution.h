#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "comcat/audio/frame.h"
#include "comcat/playout/concealment.h"
#include "comcat/playout/decision.h"
#include "comcat/playout/frame_decoder.h"
#include "comcat/playout/sample_queue.h"

namespace comcat::playout {

/// One speaker's sound: decodes, conceals, recovers, stretches and queues as it is ordered, and
/// plays what is asked for. It knows no time, no packet but the one it is handed, and decides
/// nothing (Decision does).
///
/// Threads  one at a time.
/// Memory   at most a few packets of samples, and a decoder while the speaker speaks.
class Execution {
 public:
  struct Played {
    std::size_t samples = 0;  // of `out`; the rest is silence
    bool speech = false;      // more than half of them, not invention
  };

  explicit Execution(DecoderFactory& decoders) : concealment_(decoders) {}

  /// Carries `order` out; `payload` is the first packet's where it speaks of that. Returns the
  /// samples that were decoded, left out or said again; 0 where that could not be done.
  std::size_t obey(const Order& order, std::string_view payload);

  /// Moves what plays next to the front of `out`, and silence after it.
  Played play(std::span<float> out);

  /// Gives back the decoder; the next packet makes another.
  void release_decoder() { concealment_.release(); }

  [[nodiscard]] std::size_t queued_samples() const { return queue_.ahead(); }
  /// What plays next would hardly be heard beside what was loud lately.
  [[nodiscard]] bool quiet() const;
  /// Concealment has gone on until it is silent.
  [[nodiscard]] bool faded() const { return concealment_.faded(); }

 private:
  std::size_t decode(std::string_view payload);
  void conceal(std::size_t samples);
  void finish();
  std::size_t accelerate(const Order& order);
  std::size_t expand(const Order& order);
  void open_invention();
  void shift_invention(std::int64_t samples);

  Concealment concealment_;
  SampleQueue queue_;
  float loudness_ = 0;  // RMS of the loudest packet lately
  // Where the last invention lies, in samples from what plays next.
  std::int64_t invented_begin_ = 0;
  std::int64_t invented_end_ = 0;
};

}  // namespace comcat::playout
