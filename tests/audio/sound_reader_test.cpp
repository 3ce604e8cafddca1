#include "comcat/audio/sound_reader.h"

#include <cstring>
#include <limits>
#include <tuple>

#include <gtest/gtest.h>
#include <sndfile.h>

#include "comcat/audio/frame.h"

#include "audio/fixtures.h"
#include "audio/sound_bytes.h"
#include "support/signal.h"

namespace comcat::audio {
namespace {

using testing::Samples;

/// A tone of 997 Hz as another device would sample it.
Samples tone_at(int rate_hz) {
  const double stretched = 997.0 * kSampleRate / rate_hz;
  return testing::make_tone(stretched, static_cast<std::size_t>(rate_hz));
}

class AnyFormat : public ::testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(AnyFormat, ComesOutAsTheSameSecondOfSound) {
  const auto [rate_hz, channels, format] = GetParam();
  const TemporaryDirectory directory;
  const std::string path = directory.file("in.wav");
  write_sound(path, format, tone_at(rate_hz), rate_hz, channels);
  const Samples samples = read_all(path);
  ASSERT_EQ(48'000U, samples.size());
  const auto middle = std::span<const float>(samples).subspan(4800, 38'400);
  EXPECT_NEAR(-9.03, testing::tone_dbfs(middle, 997), 0.2);
  EXPECT_NEAR(-9.03, testing::rms_dbfs(middle), 0.2);  // nothing beside the tone
  EXPECT_GE(testing::find_in(middle, testing::make_tone(997, 48'000)).peak, 0.999);
}

INSTANTIATE_TEST_SUITE_P(RatesAndFormats, AnyFormat,
                         ::testing::Combine(::testing::Values(8'000, 11'025, 16'000, 44'100, 48'000,
                                                              96'000, 192'000),
                                            ::testing::Values(1, 2, 6),
                                            ::testing::Values(SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                                                              SF_FORMAT_WAV | SF_FORMAT_FLOAT)));

INSTANTIATE_TEST_SUITE_P(OtherFormats, AnyFormat,
                         ::testing::Values(std::tuple(44'100, 2, SF_FORMAT_WAV | SF_FORMAT_PCM_24),
                                           std::tuple(48'000, 1, SF_FORMAT_WAV | SF_FORMAT_ULAW),
                                           std::tuple(44'100, 1, SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
                                           std::tuple(16'000, 1,
                                                      SF_FORMAT_AIFF | SF_FORMAT_PCM_16)));

TEST(SoundReader, SpeechInTheCentreOfSurroundSoundKeepsItsLevelWhereverTheFileSaysTheCentreIs) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(96'000);
  struct Case {
    int format;
    std::size_t centre;
    std::vector<int> map;
  };
  // The map puts the low-frequency channel, which is left out, in the first place.
  for (const Case& it :
       {Case{SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, {}},
        Case{SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, {}},
        Case{SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 2, {}},
        Case{SF_FORMAT_OGG | SF_FORMAT_VORBIS, 1, {}},
        Case{SF_FORMAT_WAVEX | SF_FORMAT_PCM_16,
             2,
             {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_LFE,
              SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT, SF_CHANNEL_MAP_SIDE_LEFT}}}) {
    SF_INFO info{};
    info.samplerate = 48'000;
    info.channels = 6;
    info.format = it.format;
    SNDFILE* const file = sf_open(directory.file("in.wav").c_str(), SFM_WRITE, &info);
    ASSERT_NE(nullptr, file) << sf_strerror(nullptr);
    std::vector<int> map = it.map;
    if (!map.empty()) {
      ASSERT_TRUE(sf_command(file, SFC_SET_CHANNEL_MAP_INFO, map.data(),
                             static_cast<int>(map.size() * sizeof(int))));
    }
    Samples interleaved(speech.size() * 6);
    for (std::size_t i = 0; i < speech.size(); ++i) interleaved[i * 6 + it.centre] = speech[i];
    sf_writef_float(file, interleaved.data(), static_cast<sf_count_t>(speech.size()));
    sf_close(file);
    const double level = testing::rms_dbfs(read_all(directory.file("in.wav")));
    if (map.empty()) {
      EXPECT_NEAR(testing::rms_dbfs(speech), level, 0.5) << std::hex << it.format;
    } else {
      EXPECT_LT(level, -90) << "by the file's map this is the low-frequency channel";
    }
  }
}

TEST(SoundReader, ResamplingShiftsNothing) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(48'000);
  Samples half;  // every third sample: 16 kHz
  for (std::size_t i = 0; i < speech.size(); i += 3) half.push_back(speech[i]);
  write_sound(directory.file("in.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, half, 16'000, 1);
  const Samples samples = read_all(directory.file("in.wav"));
  ASSERT_EQ(48'000U, samples.size());
  const auto inner = std::span<const float>(speech).subspan(1000, 46'000);
  const testing::Match match = testing::find_in(inner, samples);
  EXPECT_NEAR(1000, static_cast<double>(match.lag_samples), 1);
  EXPECT_GE(match.peak, 0.98);  // what was above 8 kHz is lost
}

TEST(SoundReader, AnEmptyFileIsSilence) {
  const TemporaryDirectory directory;
  write_sound(directory.file("in.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, {}, 44'100, 2);
  EXPECT_TRUE(read_all(directory.file("in.wav")).empty());
}

TEST(SoundReader, WildSamplesAreTamed) {
  const TemporaryDirectory directory;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const int rate_hz : {48'000, 44'100}) {
    write_sound(directory.file("in.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT,
                {0.5F, 1e30F, -kInfinity, kInfinity, std::nanf(""), -0.25F}, rate_hz, 1);
    for (const float sample : read_all(directory.file("in.wav"))) {
      EXPECT_TRUE(sample >= -1 && sample <= 1) << sample;
    }
  }
}

TEST(SoundReader, ATruncatedFileEndsWhereItEnds) {
  const TemporaryDirectory directory;
  write_sound(directory.file("in.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(48'000), 48'000,
              1);
  std::vector<std::byte> bytes = bytes_of(directory.file("in.wav"));
  bytes.resize(44 + 2 * 10'000);
  const auto samples = read_sound(bytes);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(10'000U, samples->size());
}

TEST(SoundReader, AnyDamageIsASentenceOrSound) {
  const TemporaryDirectory directory;
  write_sound(directory.file("in.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(8'000), 8'000, 2);
  const std::vector<std::byte> whole = bytes_of(directory.file("in.wav"));
  for (std::size_t at = 0; at < 60; ++at) {
    for (const int value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
      std::vector<std::byte> damaged(whole.begin(), whole.begin() + 2000);
      damaged[at] = static_cast<std::byte>(value);
      const auto samples = read_sound(damaged);
      EXPECT_TRUE(samples.ok() || samples.status().message().back() != '.') << samples.status();
    }
  }
}

TEST(SoundReader, WhatIsNoSoundIsRefused) {
  for (const char* text : {"", "RIFF", "This is a letter, not a sound."}) {
    const auto bytes = std::as_bytes(std::span<const char>(text, std::strlen(text)));
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, read_sound(bytes).status().code()) << text;
  }
}

TEST(SoundReader, MoreThanFitsIsRefused) {
  const TemporaryDirectory directory;
  write_sound(directory.file("in.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(48'000), 48'000,
              1);
  const auto samples = read_sound(bytes_of(directory.file("in.wav")), 47'999);
  EXPECT_EQ(absl::StatusCode::kInvalidArgument, samples.status().code());
}

}  // namespace
}  // namespace comcat::audio
