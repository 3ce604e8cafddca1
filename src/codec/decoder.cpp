#include "comcat/codec/decoder.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <opus/opus.h>

#include "comcat/audio/frame.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace comcat::codec {
namespace {

const unsigned char* bytes(std::string_view packet) {
  return reinterpret_cast<const unsigned char*>(packet.data());
}

/// The frames of a packet as opus_packet_parse finds them; `count` is 0 where it is malformed.
struct Frames {
  std::array<const unsigned char*, 48> data{};
  std::array<opus_int16, 48> bytes{};
  int count = 0;
};

Frames parse(std::string_view packet) {
  Frames frames;
  if (packet.empty()) return frames;
  const int count = opus_packet_parse(bytes(packet), static_cast<opus_int32>(packet.size()),
                                      nullptr, frames.data.data(), frames.bytes.data(), nullptr);
  frames.count = std::max(count, 0);
  return frames;
}

std::size_t samples_per_frame(std::string_view packet) {
  return static_cast<std::size_t>(
      opus_packet_get_samples_per_frame(bytes(packet), audio::kSampleRate));
}

std::size_t written(int result) {
  return static_cast<std::size_t>(std::max(result, 0));
}

}  // namespace

std::optional<std::size_t> packet_samples(std::string_view packet) {
  const Frames frames = parse(packet);
  if (frames.count == 0) return std::nullopt;
  const std::size_t samples = samples_per_frame(packet) * static_cast<std::size_t>(frames.count);
  if (samples > kMaxPacketSamples) return std::nullopt;
  return samples;
}

bool packet_has_fec(std::string_view packet) {
  constexpr std::uint8_t kCeltOnly = 0x80;  // RFC 6716 section 3.1: configurations 16-31
  constexpr std::uint8_t kStereo = 0x04;
  const Frames frames = parse(packet);
  if (frames.count == 0 || (*bytes(packet) & kCeltOnly) != 0 || frames.bytes[0] == 0) return false;
  // Section 4.2.3: for each channel one VAD bit per 20 ms and then the LBRR bit, most significant
  // first; section 4.1: bits of probability 1/2 at the front of a range-coded frame stand as is.
  const auto silk_frames =
      static_cast<int>(std::max<std::size_t>(samples_per_frame(packet), 960)) / 960;
  const int first = *frames.data[0];
  const bool middle = ((first >> (7 - silk_frames)) & 1) != 0;
  const bool side = (*bytes(packet) & kStereo) != 0 && ((first >> (6 - 2 * silk_frames)) & 1) != 0;
  return middle || side;
}

void Decoder::Destroy::operator()(OpusDecoder* decoder) const {
  opus_decoder_destroy(decoder);
}

Decoder::Decoder(OpusDecoder* decoder) : decoder_(decoder) {}

absl::StatusOr<Decoder> Decoder::create() {
  int error = OPUS_OK;
  OpusDecoder* const opus = opus_decoder_create(audio::kSampleRate, 1, &error);
  if (error != OPUS_OK) {
    return absl::InternalError(absl::StrCat("cannot make an Opus decoder: ", opus_strerror(error)));
  }
  return Decoder(opus);
}

std::size_t Decoder::decode(std::string_view packet, std::span<float> out) {
  // opus_decode() takes an empty packet for a lost one.
  if (!packet_samples(packet).has_value()) return 0;
  return written(opus_decode_float(decoder_.get(), bytes(packet),
                                   static_cast<opus_int32>(packet.size()), out.data(),
                                   static_cast<int>(out.size()), 0));
}

std::size_t Decoder::decode_fec(std::string_view next, std::span<float> out) {
  if (!packet_samples(next).has_value()) return conceal(out);
  return written(opus_decode_float(decoder_.get(), bytes(next),
                                   static_cast<opus_int32>(next.size()), out.data(),
                                   static_cast<int>(out.size()), 1));
}

std::size_t Decoder::conceal(std::span<float> out) {
  return written(
      opus_decode_float(decoder_.get(), nullptr, 0, out.data(), static_cast<int>(out.size()), 0));
}

}  // namespace comcat::codec
