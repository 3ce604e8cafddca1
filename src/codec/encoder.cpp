#include "comcat/codec/encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <opus/opus.h>

#include "comcat/audio/frame.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace comcat::codec {
namespace {

using std::chrono_literals::operator""us;

constexpr int kMinBitrate = 6'000;
constexpr int kMaxBitrate = 128'000;

/// What DTX leaves of a frame of silence; opus.h: "2 bytes or less ... need not be transmitted".
constexpr int kNothingToSendBytes = 2;

constexpr int kFullbandBitrate = 24'000;  // of short frames

/// What joining adds (RFC 6716 section 3.2.5): the count beside the TOC; the length of each frame.
constexpr std::size_t kJoinedHeaderBytes = 2;
constexpr std::size_t kJoinedLengthBytes = 2;

absl::Status check(const EncoderOptions& options) {
  constexpr std::array kFrames{2'500us, 5'000us, 10'000us, 20'000us, 40'000us, 60'000us};
  if (std::ranges::find(kFrames, options.frame) == kFrames.end()) {
    return absl::InvalidArgumentError(absl::StrCat("a frame has 2.5, 5, 10, 20, 40 or 60 ms, not ",
                                                   options.frame.count(), " us"));
  }
  if (options.bitrate_bps < kMinBitrate || options.bitrate_bps > kMaxBitrate) {
    return absl::InvalidArgumentError(absl::StrCat("the bitrate is ", kMinBitrate, "-", kMaxBitrate,
                                                   " bit/s, not ", options.bitrate_bps));
  }
  if (options.expected_loss_percent < 0 || options.expected_loss_percent > 100) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected loss is 0-100 %, not ", options.expected_loss_percent));
  }
  return absl::OkStatus();
}

EncoderOptions in_agreement(EncoderOptions options) {
  if (options.constant_bitrate) options.discontinuous = false;
  if (audio::to_samples(options.frame) <= kShortFrameSamples) {
    options.bitrate_bps = std::max(options.bitrate_bps, kMinQuickBitrate);
  }
  return options;
}

}  // namespace

EncoderOptions eased(EncoderOptions options, unsigned step) {
  struct Rate {
    std::chrono::microseconds frame;
    int bitrate_bps;
  };
  using std::chrono::milliseconds;
  static constexpr std::array<Rate, 6> kRates{
      Rate{milliseconds(10), 24'000}, Rate{milliseconds(20), 16'000},
      Rate{milliseconds(40), 16'000}, Rate{milliseconds(60), 12'000},
      Rate{milliseconds(60), 8'000},  Rate{milliseconds(60), 6'000}};
  if (step == 0) return options;
  const Rate& rate = kRates[std::min<std::size_t>(step, kRates.size()) - 1];
  options.frame = std::max(options.frame, rate.frame);
  options.bitrate_bps = std::min(options.bitrate_bps, rate.bitrate_bps);
  return options;
}

void Encoder::Destroy::operator()(OpusEncoder* encoder) const {
  opus_encoder_destroy(encoder);
}

void Encoder::DestroyJoiner::operator()(OpusRepacketizer* joiner) const {
  opus_repacketizer_destroy(joiner);
}

Encoder::Encoder(OpusEncoder* encoder, OpusRepacketizer* joiner, const EncoderOptions& options)
    : encoder_(encoder),
      joiner_(joiner),
      options_(in_agreement(options)),
      now_(options_),
      packet_(kMaxPacketBytes, 0),
      parts_(kMaxPacketBytes, 0) {}

absl::StatusOr<Encoder> Encoder::create(const EncoderOptions& options) {
  if (absl::Status status = check(options); !status.ok()) return status;
  int error = OPUS_OK;
  const bool quick = audio::to_samples(options.frame) <= kShortFrameSamples;
  const int application = quick ? OPUS_APPLICATION_RESTRICTED_LOWDELAY : OPUS_APPLICATION_VOIP;
  OpusEncoder* const opus = opus_encoder_create(audio::kSampleRate, 1, application, &error);
  if (error != OPUS_OK) {
    return absl::InternalError(absl::StrCat("cannot make an Opus encoder: ", opus_strerror(error)));
  }
  Encoder encoder(opus, opus_repacketizer_create(), options);
  if (encoder.joiner_ == nullptr) return absl::InternalError("no memory for an Opus encoder");
  for (const int result :
       {opus_encoder_ctl(opus, OPUS_SET_BITRATE(encoder.options_.bitrate_bps)),
        opus_encoder_ctl(opus, OPUS_SET_VBR(options.constant_bitrate ? 0 : 1)),
        opus_encoder_ctl(opus, OPUS_SET_DTX(encoder.has_opus_dtx() ? 1 : 0)),
        opus_encoder_ctl(opus, OPUS_SET_INBAND_FEC(options.expected_loss_percent > 0 ? 1 : 0)),
        opus_encoder_ctl(opus, OPUS_SET_PACKET_LOSS_PERC(options.expected_loss_percent))}) {
    if (result != OPUS_OK) {
      return absl::InternalError(
          absl::StrCat("cannot set up the Opus encoder: ", opus_strerror(result)));
    }
  }
  return encoder;
}

std::chrono::microseconds Encoder::lookahead() const {
  opus_int32 samples = 0;
  opus_encoder_ctl(encoder_.get(), OPUS_GET_LOOKAHEAD(&samples));
  return std::chrono::microseconds(std::int64_t{samples} * 1'000'000 / audio::kSampleRate);
}

std::string_view Encoder::encode(std::span<const float> frame) {
  if (frame.size() != frame_samples()) return {};
  const bool joins = short_frames_ && frame.size() > kShortFrameSamples;
  if (quick() && !joins) return encode_quick(frame);
  if (joins) return encode_short(frame);
  const std::size_t bytes = encode_once(frame, packet_);
  if (bytes <= kNothingToSendBytes) return {};
  return {packet_.data(), bytes};
}

/// Each is one Opus frame that everyone can decode. Opus's own DTX would begin after 25 ms.
std::string_view Encoder::encode_quick(std::span<const float> frame) {
  const bool pauses = saves_pauses() && pause_.goes_on(frame);
  const std::size_t bytes = encode_once(frame, packet_);
  if (pauses) return {};
  return {packet_.data(), bytes};
}

std::size_t Encoder::encode_once(std::span<const float> samples, std::span<char> out) {
  const int bytes = opus_encode_float(
      encoder_.get(), samples.data(), static_cast<int>(samples.size()),
      reinterpret_cast<unsigned char*>(out.data()), static_cast<opus_int32>(out.size()));
  return static_cast<std::size_t>(std::max(bytes, 0));
}

void Encoder::reduce_effort(int steps) {
  static constexpr std::array kComplexities{9, 7, 5, 3, 1, 0};  // the first is Opus's own
  static_assert(kComplexities.size() == kMostReduced + 1);
  const auto index = static_cast<std::size_t>(std::clamp(steps, 0, kMostReduced));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(kComplexities[index]));
}

void Encoder::ease(unsigned step) {
  const int before = std::exchange(now_, eased(options_, step)).bitrate_bps;
  if (now_.bitrate_bps != before) set_rate();
}

void Encoder::set_short_frames(bool short_frames) {
  if (short_frames == short_frames_) return;
  short_frames_ = short_frames;
  set_rate();
  if (!short_frames) opus_encoder_ctl(encoder_.get(), OPUS_SET_DTX(has_opus_dtx() ? 1 : 0));
}

void Encoder::set_continuous(bool continuous) {
  if (continuous == continuous_) return;
  continuous_ = continuous;
  const bool constant = continuous || options_.constant_bitrate;
  opus_encoder_ctl(encoder_.get(), OPUS_SET_VBR(constant ? 0 : 1));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_DTX(has_opus_dtx() ? 1 : 0));
}

void Encoder::set_rate() {
  // Frames in one packet have one bandwidth.
  const int bitrate =
      short_frames_ ? std::max(now_.bitrate_bps, kMinShortFrameBitrate) : now_.bitrate_bps;
  const int bandwidth = !short_frames_               ? OPUS_AUTO
                        : bitrate < kFullbandBitrate ? OPUS_BANDWIDTH_WIDEBAND
                                                     : OPUS_BANDWIDTH_FULLBAND;
  opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(bitrate));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_BANDWIDTH(bandwidth));
}

bool Encoder::Pause::goes_on(std::span<const float> frame) {
  constexpr double kQuietDb = 20;  // below speech; Opus itself asks for 25
  constexpr double kForgetDbPerSample = 1.0 / 48'000;
  constexpr std::size_t kLongEnough = 7'200;  // 150 ms, to which Opus adds 50
  const double level = level_dbov(frame);
  const auto samples = static_cast<double>(frame.size());
  const bool quiet = level == 127 || level >= loud_dbov_ + kQuietDb;
  if (!quiet) loud_dbov_ = std::min(level, loud_dbov_ + kForgetDbPerSample * samples);
  quiet_samples_ = quiet ? quiet_samples_ + frame.size() : 0;
  return quiet_samples_ > kLongEnough;
}

/// One encoder makes both kinds of frames, so its delay stays and a decoder goes from one to the
/// other without a gap: 5 ms are always CELT.
std::string_view Encoder::encode_short(std::span<const float> frame) {
  const std::size_t count = frame.size() / kShortFrameSamples;
  const std::size_t most = (kMaxPacketBytes - kJoinedHeaderBytes) / count - kJoinedLengthBytes;
  const bool may_stop = saves_pauses() && pause_.goes_on(frame);
  opus_encoder_ctl(encoder_.get(), OPUS_SET_DTX(may_stop ? 1 : 0));
  opus_repacketizer_init(joiner_.get());
  bool pauses = false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto part = std::span(parts_).subspan(i * most, most);
    const std::size_t bytes =
        encode_once(frame.subspan(i * kShortFrameSamples, kShortFrameSamples), part);
    pauses = pauses || bytes <= kNothingToSendBytes;
    const int joined =
        opus_repacketizer_cat(joiner_.get(), reinterpret_cast<const unsigned char*>(part.data()),
                              static_cast<opus_int32>(bytes));
    if (joined != OPUS_OK) return {};
  }
  // A frame now and then that renews a decoder's noise would come ten times a second here, and
  // clients of the original protocol play what comes one after the other, whoever is silent.
  if (pauses) return {};
  const opus_int32 bytes =
      opus_repacketizer_out(joiner_.get(), reinterpret_cast<unsigned char*>(packet_.data()),
                            static_cast<opus_int32>(packet_.size()));
  return {packet_.data(), static_cast<std::size_t>(std::max(bytes, 0))};
}

std::uint8_t level_dbov(std::span<const float> samples) {
  double energy = 0;
  for (const float sample : samples) energy += double{sample} * sample;
  return power_dbov(samples.empty() ? 0 : energy / static_cast<double>(samples.size()));
}

std::uint8_t power_dbov(double mean_square) {
  constexpr double kSilence = 127;
  if (!(mean_square > 0)) return static_cast<std::uint8_t>(kSilence);
  // RFC 6464 section 3: dBov is relative to an overloaded square wave, that is an RMS of 1.
  const double level = -10 * std::log10(mean_square);
  return static_cast<std::uint8_t>(std::clamp(std::round(level), 0.0, kSilence));
}

}  // namespace comcat::codec
