#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opus/opus.h>

#include "comcat/codec/decoder.h"
#include "comcat/codec/encoder.h"

#include "support/signal.h"
#include "support/tone.h"
#include "support/voice.h"

namespace comcat::codec {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;

Encoder make_encoder(const EncoderOptions& options = {}) {
  return std::move(*Encoder::create(options));
}

/// The packets of `frames` frames of a tone.
std::vector<std::string> encode_tone(const EncoderOptions& options, int frames,
                                     double hertz = 440) {
  Encoder encoder = make_encoder(options);
  std::vector<std::string> packets;
  for (int i = 0; i < frames; ++i) {
    const std::size_t n = encoder.frame_samples();
    packets.emplace_back(encoder.encode(testing::tone(hertz, 0.5, n, i * n)));
  }
  return packets;
}

TEST(Codec, AToneComesBackAtItsLevel) {
  for (const std::chrono::microseconds frame :
       {2500us, 5000us, 10'000us, 20'000us, 40'000us, 60'000us}) {
    Decoder decoder = std::move(*Decoder::create());
    std::vector<float> heard;
    for (const auto& packet : encode_tone({.frame = frame}, 80)) {
      std::array<float, kMaxPacketSamples> out{};
      const std::size_t n = decoder.decode(packet, out);
      EXPECT_EQ(audio::to_samples(frame), n);
      heard.insert(heard.end(), out.begin(), out.begin() + n);
    }
    const std::span settled = std::span(heard).subspan(heard.size() - 4800);
    EXPECT_NEAR(0.5, testing::amplitude_at(440, settled), 0.05) << frame.count();
  }
}

/// What an encoder makes of a second of a voice-like sound while it is eased so, and what a decoder
/// hears of it.
struct Eased {
  std::size_t packets = 0;
  std::size_t bytes = 0;
  std::vector<float> heard;
};

Eased ease_for_a_second(Encoder& encoder, Decoder& decoder, unsigned step) {
  Eased out;
  encoder.ease(step);
  const std::size_t frame = encoder.frame_samples();
  for (std::size_t at = 0; at + frame <= audio::kSampleRate; at += frame) {
    const std::string_view packet = encoder.encode(testing::tone(300, 0.5, frame, at));
    ++out.packets;
    out.bytes += packet.size();
    std::array<float, kMaxPacketSamples> sound{};
    const std::size_t n = decoder.decode(packet, sound);
    EXPECT_EQ(frame, n);
    out.heard.insert(out.heard.end(), sound.begin(), sound.begin() + static_cast<long>(n));
  }
  return out;
}

TEST(Codec, IsEasedByFewerBitsAndThenByFewerPackets) {
  Encoder encoder = make_encoder();
  Decoder decoder = std::move(*Decoder::create());
  constexpr std::size_t kHeaders = 67;  // of IPv4, UDP, the seal and the voice packet itself
  const Eased all = ease_for_a_second(encoder, decoder, 0);
  std::size_t before = all.bytes + kHeaders * all.packets;
  for (unsigned step = 1; step <= 6; ++step) {
    const Eased eased = ease_for_a_second(encoder, decoder, step);
    const std::size_t bytes = eased.bytes + kHeaders * eased.packets;
    EXPECT_LT(bytes, before) << step;
    EXPECT_NEAR(0.5, testing::amplitude_at(300, std::span(eased.heard).last(24'000)), 0.15) << step;
    before = bytes;
  }
  EXPECT_LT(before * 8, 20'000U) << "of bits, with all headers";
  EXPECT_EQ(all.packets, ease_for_a_second(encoder, decoder, 0).packets) << "and is given back";
}

TEST(Codec, QuickFramesAreEasedToo) {
  Encoder encoder = make_encoder({.frame = 2500us});
  Decoder decoder = std::move(*Decoder::create());
  const Eased all = ease_for_a_second(encoder, decoder, 0);
  std::size_t before = all.bytes;
  for (unsigned step = 1; step <= 4; step += 3) {
    const Eased eased = ease_for_a_second(encoder, decoder, step);
    EXPECT_LT(eased.bytes, before) << step;
    EXPECT_NEAR(0.5, testing::amplitude_at(300, std::span(eased.heard).last(24'000)), 0.15) << step;
    before = eased.bytes;
  }
  encoder.set_short_frames(true);
  EXPECT_EQ(16U, ease_for_a_second(encoder, decoder, 4).packets) << "of 60 ms, for everyone";
  EXPECT_EQ(200U, ease_for_a_second(encoder, decoder, 0).packets);
}

TEST(Codec, EasingNeverTakesMoreThanWasAskedFor) {
  const EncoderOptions least{.frame = 60ms, .bitrate_bps = 6000};
  for (unsigned step = 0; step <= 6; ++step) {
    EXPECT_EQ(60ms, eased(least, step).frame);
    EXPECT_EQ(6000, eased(least, step).bitrate_bps);
  }
}

TEST(Codec, RefusesImpossibleSettings) {
  EXPECT_FALSE(Encoder::create({.frame = 15ms}).ok());
  EXPECT_FALSE(Encoder::create({.bitrate_bps = 5999}).ok());
  EXPECT_FALSE(Encoder::create({.bitrate_bps = 128'001}).ok());
  EXPECT_FALSE(Encoder::create({.expected_loss_percent = 101}).ok());
  EXPECT_TRUE(Encoder::create({.frame = 60ms, .bitrate_bps = 6000}).ok());
}

TEST(Codec, AFrameOfAnotherLengthIsNotSent) {
  Encoder encoder = make_encoder();
  EXPECT_TRUE(encoder.encode(testing::tone(440, 0.5, 100)).empty());
}

/// After how many samples a click that begins the sound is heard the loudest.
std::size_t delay_of(std::chrono::microseconds frame) {
  Encoder encoder = make_encoder({.frame = frame, .discontinuous = false});
  Decoder decoder = std::move(*Decoder::create());
  std::vector<float> heard;
  std::vector<float> sound(encoder.frame_samples());
  for (int i = 0; heard.size() < 4800; ++i) {
    sound[0] = heard.size() == 1920 ? 0.9F : 0.0F;
    std::array<float, kMaxPacketSamples> out{};
    const std::size_t n = decoder.decode(encoder.encode(sound), out);
    heard.insert(heard.end(), out.begin(), out.begin() + n);
  }
  const auto loudest = std::max_element(heard.begin(), heard.end(),
                                        [](float a, float b) { return std::abs(a) < std::abs(b); });
  return static_cast<std::size_t>(loudest - heard.begin()) - 1920;
}

TEST(Codec, FramesOfFiveMillisecondsAndLessAreLookedAheadForLess) {
  EXPECT_NEAR(120, static_cast<double>(delay_of(2500us)), 2);
  EXPECT_NEAR(120, static_cast<double>(delay_of(5000us)), 2);
  EXPECT_NEAR(312, static_cast<double>(delay_of(20'000us)), 30);
  EXPECT_EQ(2500us, make_encoder({.frame = 5ms}).lookahead());
  EXPECT_EQ(6500us, make_encoder({.frame = 10ms}).lookahead());
  Encoder eased = make_encoder({.frame = 2500us});
  eased.ease(4);
  EXPECT_EQ(2500us, eased.lookahead()) << "one encoder makes all of its frames";
}

TEST(Codec, APauseOfQuickFramesBeginsNoSoonerThanThatOfLongOnesAndSendsNothing) {
  Encoder encoder = make_encoder({.frame = 2500us});
  for (int i = 0; i < 400; ++i) {
    EXPECT_FALSE(encoder.encode(testing::voice(120, i * 120)).empty());
  }
  const std::vector<float> silence(120);
  for (int i = 0; i < 400; ++i) {
    EXPECT_EQ(i >= 60, encoder.encode(silence).empty()) << i << ": 150 ms";
  }
}

TEST(Codec, WhoCanDecodeFiveMillisecondsHearsQuickFramesToo) {
  Encoder encoder = make_encoder({.frame = 2500us});
  EXPECT_EQ(120U, encoder.frame_samples());
  encoder.set_short_frames(true);
  EXPECT_EQ(240U, encoder.frame_samples());
  EXPECT_EQ(240U, packet_samples(encoder.encode(testing::voice(240, 0))));
  encoder.set_short_frames(false);
  EXPECT_EQ(120U, packet_samples(encoder.encode(testing::voice(120, 240))));
}

TEST(Codec, SilenceIsHardlySent) {
  Encoder encoder = make_encoder({.discontinuous = true});
  const std::vector<float> silence(960);
  int sent = 0;
  for (int i = 0; i < 250; ++i) sent += encoder.encode(silence).empty() ? 0 : 1;
  EXPECT_LT(sent, 50);
}

TEST(Codec, OfWhoSpeaksContinuouslyEveryFrameIsSentAndAllAreOfOneSize) {
  for (const std::chrono::microseconds frame : {2500us, 10'000us, 20'000us, 60'000us}) {
    for (const bool short_frames : {false, true}) {
      Encoder encoder = make_encoder({.frame = frame});
      encoder.set_short_frames(short_frames);
      const std::size_t n = encoder.frame_samples();
      const std::vector<float> silence(n);
      encoder.set_continuous(true);
      const std::size_t size = encoder.encode(testing::voice(n)).size();
      EXPECT_GT(size, 2U);
      for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(size, encoder.encode(silence).size()) << i;
      encoder.set_continuous(false);
      std::size_t sent = 0;
      for (std::size_t at = 0; at < 96'000; at += n)
        sent += encoder.encode(silence).empty() ? 0 : n;
      EXPECT_LT(sent, 48'000U) << frame.count() << " us: and no longer";
    }
  }
}

TEST(Codec, WhatOneSaysIsWholeAlsoWhereContinuousSpeechBeginsAndEnds) {
  Encoder plain = make_encoder({.discontinuous = false});
  Encoder changing = make_encoder({.discontinuous = false});
  Decoder unchanged = *Decoder::create();
  Decoder changed = *Decoder::create();
  std::array<float, kMaxPacketSamples> expected{};
  std::array<float, kMaxPacketSamples> heard{};
  for (std::size_t i = 0; i < 100; ++i) {
    const std::vector<float> sound = testing::tone(440, 0.5, 960, i * 960);
    changing.set_continuous(i / 10 % 2 == 1);
    const std::size_t n = unchanged.decode(plain.encode(sound), expected);
    ASSERT_EQ(n, changed.decode(changing.encode(sound), heard));
    if (i < 10) continue;
    EXPECT_NEAR(testing::amplitude_at(440, std::span(expected).first(n)),
                testing::amplitude_at(440, std::span(heard).first(n)), 0.05)
        << i;
  }
}

TEST(Codec, WithoutDtxSilenceIsSent) {
  Encoder encoder = make_encoder({.discontinuous = false});
  const std::vector<float> silence(960);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(encoder.encode(silence).empty());
}

TEST(Codec, OfAConstantBitrateSpeechAndSilenceHavePacketsOfOneSize) {
  for (const std::chrono::microseconds frame : {2500us, 10'000us, 20'000us, 60'000us}) {
    for (const bool short_frames : {false, true}) {
      Encoder encoder = make_encoder({.frame = frame, .constant_bitrate = true});
      encoder.set_short_frames(short_frames);
      const std::size_t n = encoder.frame_samples();
      const std::vector<float> silence(n);
      const std::size_t size = encoder.encode(silence).size();
      EXPECT_GT(size, 2U);
      for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(size, encoder.encode(i < 50 ? testing::voice(n, i * n) : silence).size())
            << frame.count() << " us, " << i;
      }
    }
  }
}

TEST(Codec, ALostFrameComesBackFromTheNextOnesFec) {
  Encoder encoder = make_encoder({.bitrate_bps = 24'000, .expected_loss_percent = 20});
  std::vector<std::string> packets;
  for (int i = 0; i < 50; ++i) packets.emplace_back(encoder.encode(testing::voice(960, i * 960)));
  Decoder decoder = std::move(*Decoder::create());
  Decoder unharmed = std::move(*Decoder::create());
  std::array<float, kMaxPacketSamples> out{};
  std::array<float, kMaxPacketSamples> truth{};
  int recovered = 0;
  for (int i = 0; i + 1 < 50; ++i) {
    ASSERT_EQ(960, unharmed.decode(packets[i], truth));
    if (i % 10 != 4 || !packet_has_fec(packets[i + 1])) {
      ASSERT_EQ(960, decoder.decode(packets[i], out));
      continue;
    }
    ++recovered;
    const std::span lost = std::span(out).first(960);
    ASSERT_EQ(960, decoder.decode_fec(packets[i + 1], lost));
    EXPECT_NEAR(level_dbov(std::span(truth).first(960)), level_dbov(lost), 6) << i;
  }
  EXPECT_GE(recovered, 3);
}

TEST(Codec, PacketsWithoutFecSaySo) {
  for (const auto& packet : encode_tone({}, 5)) EXPECT_FALSE(packet_has_fec(packet));
}

TEST(Codec, ConcealmentContinuesTheSoundAndFades) {
  Decoder decoder = std::move(*Decoder::create());
  std::array<float, kMaxPacketSamples> out{};
  for (const auto& packet : encode_tone({}, 20)) ASSERT_EQ(960, decoder.decode(packet, out));
  const std::span first = std::span(out).first(480);
  ASSERT_EQ(480, decoder.conceal(first));
  EXPECT_GT(testing::amplitude_at(440, first), 0.2);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(480, decoder.conceal(first));
  EXPECT_LT(*std::ranges::max_element(first), 0.05F);
}

TEST(Codec, AnOriginalClientsStereoPacketsAreMixedDown) {
  int error = OPUS_OK;
  OpusEncoder* const stereo = opus_encoder_create(48'000, 2, OPUS_APPLICATION_VOIP, &error);
  ASSERT_EQ(OPUS_OK, error);
  Decoder decoder = std::move(*Decoder::create());
  std::vector<float> heard;
  for (int i = 0; i < 100; ++i) {  // 5 ms frames, 0.5 on the left and 0.3 on the right
    const std::vector<float> mono = testing::tone(440, 0.5, 240, i * 240);
    std::vector<float> both;
    for (const float sample : mono) both.insert(both.end(), {sample, 0.6F * sample});
    std::array<std::uint8_t, kMaxPacketBytes> packet{};
    const int bytes = opus_encode_float(stereo, both.data(), 240, packet.data(), packet.size());
    ASSERT_GT(bytes, 0);
    std::array<float, kMaxPacketSamples> out{};
    const std::string sent(packet.begin(), packet.begin() + bytes);
    EXPECT_EQ(240, packet_samples(sent));
    EXPECT_EQ(240, decoder.decode(sent, out));
    heard.insert(heard.end(), out.begin(), out.begin() + 240);
  }
  opus_encoder_destroy(stereo);
  EXPECT_NEAR(0.4, testing::amplitude_at(440, std::span(heard).last(9600)), 0.05);
}

TEST(Codec, ArbitraryBytesAreSafe) {
  std::mt19937 random(1);
  Decoder decoder = std::move(*Decoder::create());
  std::array<float, kMaxPacketSamples> out{};
  for (int i = 0; i < 3000; ++i) {
    std::string packet(random() % 200, 0);
    for (char& byte : packet) byte = static_cast<char>(random());
    (void)packet_has_fec(packet);
    const auto samples = packet_samples(packet);
    const std::size_t decoded = decoder.decode(packet, out);
    EXPECT_LE(samples.value_or(0), kMaxPacketSamples);
    EXPECT_TRUE(samples.has_value() || decoded == 0);
    (void)decoder.decode_fec(packet, std::span(out).first(960));
  }
}

TEST(Codec, AnEmptyPacketIsMalformed) {
  Decoder decoder = std::move(*Decoder::create());
  std::array<float, kMaxPacketSamples> out{};
  EXPECT_FALSE(packet_samples({}).has_value());
  EXPECT_FALSE(packet_has_fec({}));
  EXPECT_EQ(0, decoder.decode({}, out));
}

TEST(Level, IsRfc6464s) {
  EXPECT_EQ(127, level_dbov({}));
  EXPECT_EQ(127, level_dbov(std::vector<float>(480)));
  EXPECT_EQ(0, level_dbov(std::vector<float>(480, 1.0F)));
  EXPECT_EQ(0, level_dbov(std::vector<float>(480, 4.0F)));
  EXPECT_EQ(20, level_dbov(std::vector<float>(480, 0.1F)));
  EXPECT_EQ(3, level_dbov(testing::tone(1000, 1, 480)));  // a full sine
  EXPECT_EQ(127, level_dbov(std::vector<float>(480, 1e-9F)));
}

}  // namespace
}  // namespace comcat::codec
