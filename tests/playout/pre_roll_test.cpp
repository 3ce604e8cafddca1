// Who sends when he speaks sends the beginning of each spurt late and all at once: what had been
// held back until it was recognised.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/codec/encoder.h"
#include "comcat/playout/speaker_playout.h"

#include "support/signal.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// The delays at one second into each of `spurts` spurts of two seconds, with three between them.
std::vector<microseconds> delays_of(milliseconds held_back, int spurts) {
  const testing::Samples speech = testing::make_speech(96'000);
  auto encoder = codec::Encoder::create({});
  SpeakerPlayout speaker({});
  std::vector<microseconds> delays;
  std::uint32_t number = 0;
  milliseconds now{5};
  for (int spurt = 0; spurt < spurts; ++spurt) {
    const milliseconds begin = 5s * spurt;
    for (milliseconds sent{0}; now < begin + 5s; now += 10ms) {
      for (; sent < 2s && begin + std::max(sent + 20ms, held_back) <= now; sent += 20ms) {
        wire::VoicePacket packet;
        packet.sequence = number++;
        packet.timestamp = static_cast<std::uint32_t>((begin + sent).count() * 48);
        packet.duration_samples = 960;
        packet.payload = encoder->encode(
            std::span(speech).subspan(static_cast<std::size_t>(sent.count()) * 48, 960));
        speaker.insert(packet, base::Time{begin + std::max(sent + 20ms, held_back)});
      }
      audio::Block out;
      speaker.pull(out, base::Time{now});
      if (now >= begin + 1s && now < begin + 1s + 10ms) delays.push_back(speaker.stats().delay);
    }
  }
  return delays;
}

TEST(PreRoll, OneSecondIntoASpurtTheDelayIsThatOfWhoSendsAlways) {
  const std::vector<microseconds> always = delays_of(0ms, 12);
  const std::vector<microseconds> held = delays_of(80ms, 12);
  for (std::size_t i = 1; i < held.size(); ++i) {
    EXPECT_LE(held[i], always[i] + 5ms) << "spurt " << i;
  }
}

}  // namespace
}  // namespace comcat::playout
