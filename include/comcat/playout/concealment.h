#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "comcat/playout/frame_decoder.h"
#include "comcat/playout/sample_queue.h"

namespace comcat::playout {

/// A speaker's decoder with everything that keeps a gap from being heard as one: the next packet's
/// FEC, Opus's own concealment, a fade to silence where that goes on for long, and a fade in when
/// speech returns.
///
/// The fade out runs from kFadeBegin to kFadeEnd of a gap: packet loss concealment keeps a vowel
/// going and after 100 ms sounds like a machine. Afterwards silence costs nothing.
///
/// Threads    one at a time.
/// Ownership  the factory is the caller's and outlives it; the decoder is its own.
class Concealment {
 public:
  static constexpr std::size_t kFadeBegin = 960;  // 20 ms
  static constexpr std::size_t kFadeEnd = 4800;   // 100 ms
  static constexpr std::size_t kRecovery = 240;   // 5 ms of fade in
  static constexpr std::size_t kGrain = 120;      // Opus conceals multiples of 2.5 ms

  explicit Concealment(DecoderFactory& decoders) : decoders_(decoders) {}

  /// Appends the speech of `packet` to `queue`; returns its samples, 0 where it cannot be decoded.
  std::size_t decode(std::string_view packet, SampleQueue& queue);

  /// Appends the `samples` before `next` from its FEC. REQUIRES a multiple of kGrain.
  void recover(std::string_view next, std::size_t samples, SampleQueue& queue);

  /// Appends `samples` of invention, fading. REQUIRES a multiple of kGrain.
  void conceal(std::size_t samples, SampleQueue& queue);

  /// Appends the end of a spurt: 10 ms that fade to silence.
  void finish(SampleQueue& queue);

  /// The next packet does not follow on the last: what lay between has been thrown away.
  void skip() { skipped_ = true; }

  /// True once a gap has faded to silence.
  [[nodiscard]] bool faded() const { return gap_samples_ >= kFadeEnd; }

  /// Gives the decoder back; the next decode() makes another.
  void release() { decoder_.reset(); }

 private:
  using Tail = std::array<float, kRecovery>;

  bool ready();
  /// How the gap, if one is open, would have gone on: what speech fades in over.
  [[nodiscard]] Tail continuation();
  void resume(const Tail& tail, std::span<float> speech, SampleQueue& queue);
  void fade(std::span<float> samples, float step);

  DecoderFactory& decoders_;
  std::unique_ptr<FrameDecoder> decoder_;
  std::size_t gap_samples_ = kFadeEnd;  // concealed since the last speech
  float gain_ = 0;
  bool skipped_ = false;
};

}  // namespace comcat::playout
