#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "comcat/codec/encoder.h"
#include "comcat/wire/voice_packet.h"

#include "support/signal.h"

/// People whose packets are recorded. Threads: one at a time.
namespace comcat::recording {

constexpr std::int64_t kSecond = 48'000;
constexpr std::int64_t kFrame = 960;

/// Says tones of 20 ms frames as a client does.
class Voice {
 public:
  explicit Voice(wire::SessionNumber session, std::uint32_t timestamp = 0)
      : session_(session), encoder_(*codec::Encoder::create({.discontinuous = false})) {
    packet_.speaker = session_;
    packet_.timestamp = timestamp;
  }

  /// The packets of `seconds` of a tone, after nothing was said for `pause` samples.
  wire::VoicePackets say(double hertz, double seconds, std::uint32_t pause = 0) {
    packet_.timestamp += pause;
    const testing::Samples tone =
        testing::make_tone(hertz, static_cast<std::size_t>(seconds * kSecond));
    wire::VoicePackets out;
    for (std::size_t at = 0; at + kFrame <= tone.size(); at += kFrame) {
      packet_.payload = std::string(encoder_.encode(std::span(tone).subspan(at, kFrame)));
      out.push_back(packet_);
      ++packet_.sequence;
      packet_.timestamp += kFrame;
    }
    return out;
  }

 private:
  const wire::SessionNumber session_;
  codec::Encoder encoder_;
  wire::VoicePacket packet_;
};

}  // namespace comcat::recording
