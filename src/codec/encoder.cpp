#include "comcat/codec/encoder.h"

#include <algorithm>
#include <cmath>

#include <opus/opus.h>

#include "comcat/audio/frame.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace comcat::codec {
namespace {

constexpr int kMinBitrate = 6'000;
constexpr int kMaxBitrate = 128'000;

/// What DTX leaves of a frame of silence; opus.h: "2 bytes or less ... need not be transmitted".
constexpr int kNothingToSendBytes = 2;

absl::Status check(const EncoderOptions& options) {
  const auto frame_ms = options.frame.count();
  if (frame_ms != 10 && frame_ms != 20 && frame_ms != 40 && frame_ms != 60) {
    return absl::InvalidArgumentError(
        absl::StrCat("a frame has 10, 20, 40 or 60 ms, not ", frame_ms));
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

}  // namespace

void Encoder::Destroy::operator()(OpusEncoder* encoder) const {
  opus_encoder_destroy(encoder);
}

Encoder::Encoder(OpusEncoder* encoder, std::size_t frame_samples)
    : encoder_(encoder), frame_samples_(frame_samples), packet_(kMaxPacketBytes, 0) {}

absl::StatusOr<Encoder> Encoder::create(const EncoderOptions& options) {
  if (absl::Status status = check(options); !status.ok()) return status;
  int error = OPUS_OK;
  OpusEncoder* const opus =
      opus_encoder_create(audio::kSampleRate, 1, OPUS_APPLICATION_VOIP, &error);
  if (error != OPUS_OK) {
    return absl::InternalError(absl::StrCat("cannot make an Opus encoder: ", opus_strerror(error)));
  }
  Encoder encoder(opus, audio::to_samples(options.frame));
  for (const int result :
       {opus_encoder_ctl(opus, OPUS_SET_BITRATE(options.bitrate_bps)),
        opus_encoder_ctl(opus, OPUS_SET_DTX(options.discontinuous ? 1 : 0)),
        opus_encoder_ctl(opus, OPUS_SET_INBAND_FEC(options.expected_loss_percent > 0 ? 1 : 0)),
        opus_encoder_ctl(opus, OPUS_SET_PACKET_LOSS_PERC(options.expected_loss_percent))}) {
    if (result != OPUS_OK) {
      return absl::InternalError(
          absl::StrCat("cannot set up the Opus encoder: ", opus_strerror(result)));
    }
  }
  return encoder;
}

std::string_view Encoder::encode(std::span<const float> frame) {
  if (frame.size() != frame_samples_) return {};
  const int bytes = opus_encode_float(encoder_.get(), frame.data(), static_cast<int>(frame.size()),
                                      reinterpret_cast<unsigned char*>(packet_.data()),
                                      static_cast<opus_int32>(packet_.size()));
  if (bytes <= kNothingToSendBytes) return {};
  return {packet_.data(), static_cast<std::size_t>(bytes)};
}

std::uint8_t level_dbov(std::span<const float> samples) {
  constexpr double kSilence = 127;
  double energy = 0;
  for (const float sample : samples) energy += double{sample} * sample;
  if (samples.empty() || !(energy > 0)) return static_cast<std::uint8_t>(kSilence);
  // RFC 6464 section 3: dBov is relative to an overloaded square wave, that is an RMS of 1.
  const double level = -10 * std::log10(energy / static_cast<double>(samples.size()));
  return static_cast<std::uint8_t>(std::clamp(std::round(level), 0.0, kSilence));
}

}  // namespace comcat::codec
