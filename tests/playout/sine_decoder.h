#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "comcat/playout/frame_decoder.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::playout {

/// What Opus's rules accept as a packet (CELT, `frame_ms` of 10 or 20) and that carries just a
/// number.
inline std::string numbered_opus(std::uint32_t number, int frame_ms = 20, bool with_fec = false) {
  // RFC 6716 table 2: 30 is CELT fullband 10 ms, 31 is 20 ms; 9 is SILK wideband 20 ms, whose
  // first bits say whether FEC follows.
  const int configuration = with_fec ? 9 : (frame_ms == 20 ? 31 : 30);
  std::string packet{static_cast<char>(configuration << 3), with_fec ? '\x40' : '\0'};
  for (int shift = 0; shift < 32; shift += 8) packet.push_back(static_cast<char>(number >> shift));
  return packet;
}

/// The packet of that number from a speaker who never pauses.
inline wire::VoicePacket numbered_packet(std::uint32_t number) {
  return {
      .sequence = number,
      .timestamp = number * 960,
      .duration_samples = 960,
      .payload = numbered_opus(number),
  };
}

/// What a decoder was asked for, in letters: d decode, f FEC, c conceal.
struct DecoderLog {
  std::string letters;
  std::vector<std::uint32_t> decoded;
  int alive = 0;  // decoders
};

/// Decodes the packet numbered n as the n-th frame of an endless sine; conceals by going on with
/// it. So whatever is heard beyond that sine is playout's own doing.
class SineDecoder final : public FrameDecoder {
 public:
  SineDecoder(DecoderLog& log, double hertz, std::size_t frame_samples)
      : log_(log), step_(2 * std::numbers::pi * hertz / 48'000), frame_samples_(frame_samples) {
    ++log_.alive;
  }
  ~SineDecoder() override { --log_.alive; }

  std::size_t decode(std::string_view packet, std::span<float> out) override {
    log_.letters += 'd';
    log_.decoded.push_back(number(packet));
    return write(number(packet), out.first(frame_samples_));
  }
  std::size_t decode_fec(std::string_view next, std::span<float> out) override {
    log_.letters += 'f';
    return write(number(next) - 1, out);
  }
  std::size_t conceal(std::span<float> out) override {
    log_.letters += 'c';
    for (float& sample : out) sample = at(next_++);
    return out.size();
  }

 private:
  static std::uint32_t number(std::string_view packet) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value |= std::uint32_t{static_cast<std::uint8_t>(packet[2 + i])} << (8 * i);
    return value;
  }
  std::size_t write(std::uint32_t frame, std::span<float> out) {
    next_ = std::uint64_t{frame} * frame_samples_;
    for (float& sample : out) sample = at(next_++);
    return out.size();
  }
  [[nodiscard]] float at(std::uint64_t sample) const {
    return static_cast<float>(0.5 * std::sin(step_ * static_cast<double>(sample)));
  }

  DecoderLog& log_;
  double step_;
  std::size_t frame_samples_;
  std::uint64_t next_ = 0;
};

class SineDecoders final : public DecoderFactory {
 public:
  explicit SineDecoders(DecoderLog& log, double hertz = 250, std::size_t frame_samples = 960)
      : log_(log), hertz_(hertz), frame_samples_(frame_samples) {}
  std::unique_ptr<FrameDecoder> make() override {
    return std::make_unique<SineDecoder>(log_, hertz_, frame_samples_);
  }

 private:
  DecoderLog& log_;
  double hertz_;
  std::size_t frame_samples_;
};

}  // namespace comcat::playout
