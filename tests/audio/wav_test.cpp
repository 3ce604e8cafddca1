#include "comcat/audio/wav.h"

#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>
#include <tuple>

#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/resource.h>

#include "comcat/audio/frame.h"

#include "audio/fixtures.h"
#include "support/signal.h"

namespace comcat::audio {
namespace {

using testing::Samples;

/// Writes `mono` to every channel of a file in any format.
void write_file(const std::string& path, const Samples& mono, int rate_hz, int channels,
                int format) {
  SF_INFO info{};
  info.samplerate = rate_hz;
  info.channels = channels;
  info.format = format;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(nullptr, file) << sf_strerror(nullptr);
  Samples interleaved;
  for (const float sample : mono) {
    interleaved.insert(interleaved.end(), static_cast<std::size_t>(channels), sample);
  }
  sf_write_float(file, interleaved.data(), static_cast<sf_count_t>(interleaved.size()));
  sf_close(file);
}

std::vector<std::byte> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

Samples read_all(const std::string& path) {
  absl::StatusOr<Samples> samples = read_wav(bytes_of(path));
  EXPECT_TRUE(samples.ok()) << samples.status();
  return samples.ok() ? *samples : Samples{};
}

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
  write_file(path, tone_at(rate_hz), rate_hz, channels, format);
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

TEST(WavReader, SpeechInTheCentreOfSurroundSoundKeepsItsLevelWhereverTheFileSaysTheCentreIs) {
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

TEST(WavReader, ResamplingShiftsNothing) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(48'000);
  Samples half;  // every third sample: 16 kHz
  for (std::size_t i = 0; i < speech.size(); i += 3) half.push_back(speech[i]);
  write_file(directory.file("in.wav"), half, 16'000, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  const Samples samples = read_all(directory.file("in.wav"));
  ASSERT_EQ(48'000U, samples.size());
  const auto inner = std::span<const float>(speech).subspan(1000, 46'000);
  const testing::Match match = testing::find_in(inner, samples);
  EXPECT_NEAR(1000, static_cast<double>(match.lag_samples), 1);
  EXPECT_GE(match.peak, 0.98);  // what was above 8 kHz is lost
}

TEST(WavReader, AnEmptyFileIsSilence) {
  const TemporaryDirectory directory;
  write_file(directory.file("in.wav"), {}, 44'100, 2, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  EXPECT_TRUE(read_all(directory.file("in.wav")).empty());
}

TEST(WavReader, WildSamplesAreTamed) {
  const TemporaryDirectory directory;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const int rate_hz : {48'000, 44'100}) {
    write_file(directory.file("in.wav"),
               {0.5F, 1e30F, -kInfinity, kInfinity, std::nanf(""), -0.25F}, rate_hz, 1,
               SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    for (const float sample : read_all(directory.file("in.wav"))) {
      EXPECT_TRUE(sample >= -1 && sample <= 1) << sample;
    }
  }
}

TEST(WavReader, ATruncatedFileEndsWhereItEnds) {
  const TemporaryDirectory directory;
  write_file(directory.file("in.wav"), tone_at(48'000), 48'000, 1,
             SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  std::vector<std::byte> bytes = bytes_of(directory.file("in.wav"));
  bytes.resize(44 + 2 * 10'000);
  const auto samples = read_wav(bytes);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(10'000U, samples->size());
}

TEST(WavReader, AnyDamageIsASentenceOrSound) {
  const TemporaryDirectory directory;
  write_file(directory.file("in.wav"), tone_at(8'000), 8'000, 2, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  const std::vector<std::byte> whole = bytes_of(directory.file("in.wav"));
  for (std::size_t at = 0; at < 60; ++at) {
    for (const int value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
      std::vector<std::byte> damaged(whole.begin(), whole.begin() + 2000);
      damaged[at] = static_cast<std::byte>(value);
      const auto samples = read_wav(damaged);
      EXPECT_TRUE(samples.ok() || samples.status().message().back() != '.') << samples.status();
    }
  }
}

TEST(WavReader, WhatIsNoSoundIsRefused) {
  for (const char* text : {"", "RIFF", "This is a letter, not a sound."}) {
    const auto bytes = std::as_bytes(std::span<const char>(text, std::strlen(text)));
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, read_wav(bytes).status().code()) << text;
  }
}

TEST(WavReader, MoreThanFitsIsRefused) {
  const TemporaryDirectory directory;
  write_file(directory.file("in.wav"), tone_at(48'000), 48'000, 1,
             SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  const auto samples = read_wav(bytes_of(directory.file("in.wav")), 47'999);
  EXPECT_EQ(absl::StatusCode::kInvalidArgument, samples.status().code());
}

TEST(WavWriter, WhatIsWrittenIsReadBack) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(50'000);
  auto writer = WavWriter::create(directory.file("out.wav"));
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->write(speech).ok());
  ASSERT_TRUE(writer->finish().ok());
  const Samples samples = read_all(directory.file("out.wav"));
  ASSERT_EQ(speech.size(), samples.size());
  for (std::size_t i = 0; i < speech.size(); ++i) ASSERT_NEAR(speech[i], samples[i], 1.0 / 32768);
}

TEST(WavWriter, LoudSamplesAreClippedNotWrapped) {
  const TemporaryDirectory directory;
  auto writer = WavWriter::create(directory.file("out.wav"));
  ASSERT_TRUE(writer->write(Samples{2.0F, -2.0F, 1.0F}).ok());
  ASSERT_TRUE(writer->finish().ok());
  const Samples samples = read_all(directory.file("out.wav"));
  ASSERT_EQ(3U, samples.size());
  EXPECT_NEAR(1, samples[0], 0.001);
  EXPECT_NEAR(-1, samples[1], 0.001);
}

TEST(WavWriter, AnUnfinishedFileCanBePlayedToItsLastSecond) {
  const TemporaryDirectory directory;
  auto writer = WavWriter::create(directory.file("out.wav"));
  const Block block{};
  for (int i = 0; i < 350; ++i) ASSERT_TRUE(writer->write(block).ok());
  EXPECT_EQ(3 * 48'000U, read_all(directory.file("out.wav")).size());
}

TEST(WavWriter, APathThatCannotBeWrittenIsASentence) {
  const auto writer = WavWriter::create("/no/such/folder/out.wav");
  EXPECT_EQ(
      "the file /no/such/folder/out.wav cannot be created (No such file or directory); "
      "choose a path that can be written",
      writer.status().message());
}

TEST(WavWriter, AFullDiskIsToldOnceAndForAll) {
  const TemporaryDirectory directory;
  auto writer = WavWriter::create(directory.file("out.wav"));
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit small = before;
  small.rlim_cur = 4096;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  absl::Status status;
  for (int i = 0; i < 10 && status.ok(); ++i) status = writer->write(Block{});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(absl::StatusCode::kResourceExhausted, status.code()) << status;
  EXPECT_NE(std::string::npos, status.message().find("make room")) << status;
  EXPECT_EQ(status, writer->write(Block{}));
  EXPECT_EQ(status, writer->finish());
}

}  // namespace
}  // namespace comcat::audio
