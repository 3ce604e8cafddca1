#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "comcat/audio/frame.h"

#include "absl/status/statusor.h"

struct OpusEncoder;
struct OpusRepacketizer;

namespace comcat::codec {

/// The largest packet that RFC 6716 section 3.4 allows one frame to be.
inline constexpr std::size_t kMaxPacketBytes = 1275;

inline constexpr std::size_t kShortFrameSamples = 240;  // 5 ms
inline constexpr int kMinShortFrameBitrate = 20'000;
inline constexpr int kMinQuickBitrate = 48'000;

struct EncoderOptions {
  std::chrono::microseconds frame{20'000};  // 2.5, 5, 10, 20, 40 or 60 ms
  int bitrate_bps = 32'000;                 // 6000-128000
  bool discontinuous = true;                // DTX: (nearly) nothing is sent in pauses
  int expected_loss_percent = 0;            // above 0: in-band FEC
  /// All packets are sent, silence too, and of one bitrate all are of one size: neither tells
  /// anything of what is said (RFC 6562).
  bool constant_bitrate = false;
};

/// What is encoded on a way that is too narrow for `options`: fewer bits at first, then fewer and
/// longer packets as well, whose headers cost as much as the voice in them. `step` 0 is all of it;
/// from the last on, 6, nothing is left to save. Threads: any.
[[nodiscard]] EncoderOptions eased(EncoderOptions options, unsigned step);

/// One speaker's Opus encoder (mono, 48 kHz; RFC 6716): VoIP, and for frames of 5 ms and less one
/// that looks ahead 2.5 ms in place of 6.5 (CELT alone, with at least kMinQuickBitrate: a frame's
/// own share of the bits is large). In a pause the latter sends nothing at all.
///
/// Short frames  let who can decode 5 ms at a time hear it, too: each packet then holds Opus frames
///               of 5 ms (CELT), laid together as RFC 6716 section 3.2 has it. A packet lasts as
///               long as before and one decoder hears them all, so nothing else need know. Below
///               kMinShortFrameBitrate they are not understood, so that many bits are taken.
/// Threads       one at a time.
class Encoder {
 public:
  [[nodiscard]] static absl::StatusOr<Encoder> create(const EncoderOptions& options);

  /// The packet for exactly one frame of samples, valid until the next call. Empty when DTX says
  /// that nothing need be sent: there is one now and then, for a listener's noise.
  [[nodiscard]] std::string_view encode(std::span<const float> frame);

  /// As eased() has it, of the options that it was made with, from the next frame on.
  void ease(unsigned step);

  /// Whether every frame is sent from now on, pauses too, and at a constant bitrate: who speaks
  /// without pauses gives a queue on the way none to become shorter in, so nothing is to lengthen
  /// it.
  void set_continuous(bool continuous);

  /// Of what Opus frames the packets consist from now on. Those of 2.5 ms become such of 5 ms.
  void set_short_frames(bool short_frames);

  /// Thinks `steps` less of each frame than Opus does by itself, which costs clarity and spares
  /// CPU: from 0 to kMostReduced, of which the last is the least that Opus can do.
  static constexpr int kMostReduced = 5;
  void reduce_effort(int steps);

  /// How far it looks ahead, however it is eased.
  [[nodiscard]] std::chrono::microseconds lookahead() const;

  /// Whether it was made so.
  [[nodiscard]] bool constant_bitrate() const { return options_.constant_bitrate; }

  [[nodiscard]] std::size_t frame_samples() const {
    const std::size_t samples = audio::to_samples(now_.frame);
    return short_frames_ ? std::max(samples, kShortFrameSamples) : samples;
  }

 private:
  struct Destroy {
    void operator()(OpusEncoder* encoder) const;
  };
  struct DestroyJoiner {
    void operator()(OpusRepacketizer* joiner) const;
  };
  Encoder(OpusEncoder* encoder, OpusRepacketizer* joiner, const EncoderOptions& options);

  /// Opus begins DTX after 10 frames without speech, which is a pause where they are of 20 ms, and
  /// the gap between two syllables where they are of 5. This waits as long for both.
  class Pause {
   public:
    /// True where `frame` is quiet and so was what came before it, for long enough.
    [[nodiscard]] bool goes_on(std::span<const float> frame);

   private:
    double loud_dbov_ = 127;  // speech, as far as heard
    std::size_t quiet_samples_ = 0;
  };

  void set_rate();
  [[nodiscard]] bool saves_pauses() const { return options_.discontinuous && !continuous_; }
  [[nodiscard]] bool has_opus_dtx() const { return saves_pauses() && !quick(); }
  [[nodiscard]] bool quick() const {
    return audio::to_samples(options_.frame) <= kShortFrameSamples;
  }
  [[nodiscard]] std::string_view encode_quick(std::span<const float> frame);
  [[nodiscard]] std::size_t encode_once(std::span<const float> samples, std::span<char> out);
  [[nodiscard]] std::string_view encode_short(std::span<const float> frame);

  std::unique_ptr<OpusEncoder, Destroy> encoder_;
  std::unique_ptr<OpusRepacketizer, DestroyJoiner> joiner_;
  EncoderOptions options_;
  EncoderOptions now_;  // eased
  bool short_frames_ = false;
  bool continuous_ = false;
  Pause pause_;
  std::string packet_;
  std::string parts_;  // short frames, until they are joined
};

/// The level of `samples` in -dBov as RFC 6464 defines it: 0 is full scale, 127 is silence.
/// Threads: any.
[[nodiscard]] std::uint8_t level_dbov(std::span<const float> samples);

/// The same of their mean square. Threads: any.
[[nodiscard]] std::uint8_t power_dbov(double mean_square);

}  // namespace comcat::codec
