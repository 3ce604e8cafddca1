// Packets of frames of 5 ms, for clients that can decode no longer ones.

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opus/opus.h>

#include "comcat/codec/decoder.h"
#include "comcat/codec/encoder.h"

#include "support/signal.h"
#include "support/voice.h"

namespace comcat::codec {
namespace {

using std::chrono_literals::operator""ms;

Encoder make_encoder(const EncoderOptions& options = {}) {
  return std::move(*Encoder::create(options));
}

/// The packets of voice, of which every `change`-th begins or ends a stretch of short frames.
std::vector<std::string> encode_voice(Encoder& encoder, int packets, int change) {
  std::vector<std::string> out;
  const std::size_t n = encoder.frame_samples();
  for (int i = 0; i < packets; ++i) {
    encoder.set_short_frames(change > 0 && i / change % 2 == 1);
    out.emplace_back(encoder.encode(testing::voice(n, i * n)));
  }
  return out;
}

std::vector<float> decode_all(const std::vector<std::string>& packets) {
  Decoder decoder = std::move(*Decoder::create());
  std::vector<float> heard;
  for (const std::string& packet : packets) {
    std::array<float, kMaxPacketSamples> out{};
    const std::size_t n = decoder.decode(packet, out);
    heard.insert(heard.end(), out.begin(), out.begin() + n);
  }
  return heard;
}

/// The greatest step from one sample to the next: a click is one.
float steepest(std::span<const float> samples) {
  float out = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    out = std::max(out, std::abs(samples[i] - samples[i - 1]));
  }
  return out;
}

TEST(ShortFrames, APacketOfAnyLengthHoldsFramesOfFiveMilliseconds) {
  for (const auto frame : {10ms, 20ms, 40ms, 60ms}) {
    for (const int bitrate : {6'000, 32'000, 128'000}) {
      Encoder encoder = make_encoder({.frame = frame, .bitrate_bps = bitrate});
      encoder.set_short_frames(true);
      for (int i = 0; i < 50; ++i) {
        const std::size_t n = encoder.frame_samples();
        const std::string packet(encoder.encode(testing::voice(n, i * n)));
        ASSERT_EQ(n, packet_samples(packet)) << frame.count() << " ms, " << bitrate << " bit/s";
        const auto* const bytes = reinterpret_cast<const unsigned char*>(packet.data());
        EXPECT_EQ(240, opus_packet_get_samples_per_frame(bytes, 48'000));
        EXPECT_EQ(1, opus_packet_get_nb_channels(bytes));
      }
    }
  }
}

TEST(ShortFrames, CostNoMoreThanLongOnes) {
  Encoder encoder = make_encoder();
  encoder.set_short_frames(true);
  std::size_t bytes = 0;
  for (int i = 0; i < 100; ++i) bytes += encoder.encode(testing::voice(960, i * 960)).size();
  EXPECT_LE(bytes, 2U * 32'000 / 8 * 11 / 10);
}

TEST(ShortFrames, ASpeakerWhoChangesToThemAndBackIsHeardWithoutAClick) {
  Encoder plain = make_encoder();
  Encoder changing = make_encoder();
  const std::vector<float> unchanged = decode_all(encode_voice(plain, 100, 0));
  const std::vector<float> changed = decode_all(encode_voice(changing, 100, 10));
  ASSERT_EQ(unchanged.size(), changed.size());
  EXPECT_LE(steepest(changed), 1.25F * steepest(unchanged));
  const testing::Samples said = testing::voice(96'000);
  const auto likeness = [&](const std::vector<float>& heard) {
    return testing::find_in(std::span(said).subspan(4800, 86'400), heard);
  };
  EXPECT_GE(likeness(changed).peak, likeness(unchanged).peak - 0.05);
  EXPECT_NEAR(static_cast<double>(likeness(unchanged).lag_samples),
              static_cast<double>(likeness(changed).lag_samples), 48)
      << "both kinds are as late";
}

TEST(ShortFrames, TheGapBetweenTwoSyllablesIsNoSilence) {
  Encoder encoder = make_encoder({.discontinuous = true});
  encoder.set_short_frames(true);
  for (int i = 0; i < 200; ++i) {  // 100 ms of nothing in each 250
    EXPECT_FALSE(encoder.encode(testing::voice(960, i * 960)).empty()) << i;
  }
}

TEST(ShortFrames, WithThemSilenceIsNotSentAtAll) {
  Encoder encoder = make_encoder({.discontinuous = true});
  encoder.set_short_frames(true);
  const std::vector<float> silence(960);
  int sent = 0;
  for (int i = 0; i < 250; ++i) sent += encoder.encode(silence).empty() ? 0 : 1;
  EXPECT_LE(sent, 12) << "until it is known for a pause";
}

}  // namespace
}  // namespace comcat::codec
