// Sound files as they are found: unfinished, chained, still growing, tagged, damaged, or none.

#include <cstring>
#include <filesystem>
#include <fstream>

#include <FLAC/stream_encoder.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/sound_reader.h"
#include "comcat/audio/sound_writer.h"
#include "comcat/audio/source.h"

#include "audio/fixtures.h"
#include "audio/sound_bytes.h"
#include "support/signal.h"

namespace comcat::audio {
namespace {

using ::testing::HasSubstr;
using testing::Samples;

constexpr std::size_t kSecond = 48'000;

/// `mono` in every channel of a file, as its bytes.
std::string sound(int format, const Samples& mono, int rate_hz = kSampleRate, int channels = 1) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("x");
  write_sound(path, format, mono, rate_hz, channels);
  return contents(path);
}

struct FlacBytes {
  static FLAC__StreamEncoderWriteStatus write(const FLAC__StreamEncoder*, const FLAC__byte bytes[],
                                              std::size_t count, unsigned, unsigned, void* user) {
    static_cast<std::string*>(user)->append(reinterpret_cast<const char*>(bytes), count);
    return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
  }
};

/// FLAC in Ogg, `bits` a sample.
std::string ogg_flac(const Samples& mono, int rate_hz = kSampleRate, unsigned channels = 1,
                     unsigned bits = 16) {
  std::string out;
  FLAC__StreamEncoder* const encoder = FLAC__stream_encoder_new();
  FLAC__stream_encoder_set_channels(encoder, channels);
  FLAC__stream_encoder_set_bits_per_sample(encoder, bits);
  FLAC__stream_encoder_set_sample_rate(encoder, static_cast<unsigned>(rate_hz));
  FLAC__stream_encoder_set_ogg_serial_number(encoder, 7);
  FLAC__stream_encoder_init_ogg_stream(encoder, nullptr, FlacBytes::write, nullptr, nullptr,
                                       nullptr, &out);
  std::vector<FLAC__int32> values;
  const auto full = static_cast<float>((1U << (bits - 1)) - 1);
  for (const float sample : mono) {
    values.insert(values.end(), channels, static_cast<FLAC__int32>(sample * full));
  }
  FLAC__stream_encoder_process_interleaved(encoder, values.data(),
                                           static_cast<unsigned>(mono.size()));
  FLAC__stream_encoder_finish(encoder);
  FLAC__stream_encoder_delete(encoder);
  return out;
}

absl::StatusOr<Samples> spoken(const std::string& bytes) {
  return read_sound(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

Samples tone_at(int rate_hz, double seconds = 1) {
  return testing::make_tone(440.0 * kSampleRate / rate_hz,
                            static_cast<std::size_t>(rate_hz * seconds));
}

/// Whether `samples` are `seconds` of the tone, throughout.
void expect_tone(const absl::StatusOr<Samples>& samples, double seconds, const std::string& of) {
  ASSERT_TRUE(samples.ok()) << of << ": " << samples.status();
  EXPECT_NEAR(seconds, static_cast<double>(samples->size()) / kSampleRate, 0.06) << of;
  for (std::size_t at = 4800; at + 9600 <= samples->size(); at += 4800) {
    const auto piece = std::span<const float>(*samples).subspan(at, 4800);
    EXPECT_NEAR(-9.03, testing::tone_dbfs(piece, 440), 1.5) << of << " at " << at;
  }
}

struct Kind {
  const char* name;
  int format;
  const char* chunk;    // which holds the sound
  std::size_t size_at;  // from the beginning of its name on
  std::size_t size_bytes;
};

const Kind kKinds[] = {
    {"WAV", SF_FORMAT_WAV | SF_FORMAT_PCM_16, "data", 4, 4},
    {"WAV, 24 bits", SF_FORMAT_WAV | SF_FORMAT_PCM_24, "data", 4, 4},
    {"WAV, float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, "data", 4, 4},
    {"extensible WAV", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, "data", 4, 4},
    {"big-endian WAV", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, "data", 4, 4},
    {"W64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, "data", 16, 8},
    {"AIFF", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "SSND", 4, 4},
    {"CAF", SF_FORMAT_CAF | SF_FORMAT_PCM_16, "data", 4, 8},
};

TEST(UnfinishedHeader, ASizeOf0IsThatOfWhatFollows) {
  for (const Kind& kind : kKinds) {
    const std::string whole = sound(kind.format, tone_at(kSampleRate));
    std::string cut = whole;
    std::memset(cut.data() + whole.rfind(kind.chunk, 8'000) + kind.size_at, 0, kind.size_bytes);
    expect_tone(spoken(cut), 1, kind.name);
    for (const char* riff : {"\0\0\0\0", "\x08\0\0\0", "\x24\0\0\0", "\xFF\xFF\xFF\xFF"}) {
      if (kind.size_bytes == 4) std::memcpy(cut.data() + 4, riff, 4);
      expect_tone(spoken(cut), 1, kind.name);
    }
  }
}

/// `whole` with the size of its sound, of `kind`, as a recorder had it after a tenth of a second.
std::string with_little_sound(std::string whole, const Kind& kind) {
  const std::size_t at = whole.rfind(kind.chunk, 8'000) + kind.size_at;
  std::memset(whole.data() + at, 0, kind.size_bytes);
  const bool big = whole.starts_with("RIFX") || whole.starts_with("FORM");
  whole[big ? at + 2 : at + 1] = '\x24';  // 9216 bytes
  return whole;
}

TEST(UnfinishedHeader, ASizeThatIsTooSmallIsNotBelievedWhereTheWholeFilesDiffers) {
  for (const Kind& kind : kKinds) {
    const std::string whole = sound(kind.format, tone_at(kSampleRate));
    if (whole.starts_with("caff")) continue;  // has no size of the whole file
    const std::string cut = with_little_sound(whole, kind);
    expect_tone(spoken(cut), 1, kind.name);
    if (kind.size_bytes == 8) continue;
    for (const char* riff : {"\0\0\0\0", "\x24\0\0\0", "\xFF\xFF\xFF\xFF"}) {
      expect_tone(spoken(std::string(cut).replace(4, 4, riff, 4)), 1, kind.name);
    }
  }
}

TEST(UnfinishedHeader, WhatFollowsAWholeSoundIsNotSpoken) {
  const std::string whole = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(kSampleRate));
  const std::string list("LIST\x0C\0\0\0INFOISFT\0\0\0\0", 20);
  const std::string tag = "TAG" + std::string(9'600, '\x55');
  expect_tone(spoken(whole + tag), 1, "a tag after all");
  expect_tone(spoken(whole + list), 1, "chunks that the file does not count");
  std::string listed = whole + list;
  listed[4] = static_cast<char>(listed[4] + 20);
  expect_tone(spoken(listed + tag), 1, "a tag after chunks");
}

TEST(UnfinishedHeader, ASizeBeyondTheEndIsThatOfWhatFollows) {
  for (const Kind& kind : kKinds) {
    for (const int fill : {0x7F, 0xFF}) {
      if (kind.size_bytes == 8 && fill == 0x7F) continue;
      std::string cut = sound(kind.format, tone_at(kSampleRate));
      std::memset(cut.data() + cut.rfind(kind.chunk, 8'000) + kind.size_at, fill, kind.size_bytes);
      expect_tone(spoken(cut), 1, kind.name);
    }
  }
}

TEST(UnfinishedHeader, OfRf64TheSizesAre64Bits) {
  std::string cut = sound(SF_FORMAT_RF64 | SF_FORMAT_PCM_16, tone_at(kSampleRate));
  const std::size_t sizes = cut.find("ds64") + 8;
  ASSERT_LT(sizes, 100U);
  std::memset(cut.data() + sizes, 0, 24);
  expect_tone(spoken(cut), 1, "RF64");
  std::memset(cut.data() + cut.find("data") + 4, 0, 4);
  expect_tone(spoken(cut), 1, "RF64, all sizes 0");
}

TEST(UnfinishedHeader, OfAuASizeOf0IsUnknown) {
  std::string cut = sound(SF_FORMAT_AU | SF_FORMAT_PCM_16, tone_at(kSampleRate));
  std::memset(cut.data() + 8, 0, 4);
  expect_tone(spoken(cut), 1, "AU");
}

TEST(UnfinishedHeader, ApplesRecorderPadsTheHeader) {
  std::string cut = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(kSampleRate));
  const std::size_t data = cut.find("data");
  std::string padding("FLLR\xCC\x0F\0\0", 8);
  cut.insert(data, padding + std::string(4044, '\0'));
  std::memset(cut.data() + cut.rfind("data", 8'000) + 4, 0, 4);
  expect_tone(spoken(cut), 1, "FLLR");
}

TEST(UnfinishedHeader, AnEmptySoundBeforeOtherChunksIsEmpty) {
  std::string empty = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, {});
  empty += std::string("LIST\x0C\0\0\0INFOISFT\0\0\0\0", 20);
  const auto samples = spoken(empty);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_TRUE(samples->empty()) << "the list is not spoken";
}

TEST(UnfinishedHeader, ATruncatedHeaderIsASentence) {
  const std::string whole = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(kSampleRate));
  for (std::size_t length = 1; length < 44; ++length) {
    const auto samples = spoken(whole.substr(0, length));
    if (samples.ok()) {
      EXPECT_TRUE(samples->empty()) << length;
    } else {
      EXPECT_THAT(samples.status().message(), HasSubstr("use WAV, FLAC, MP3, AIFF, or Ogg"));
    }
  }
}

TEST(GrowingFile, IsSpokenToTheEndThatItHasWhenThatIsReached) {
  const TemporaryDirectory directory;
  const Samples tone = tone_at(kSampleRate, 3);
  const std::string whole = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone);
  std::string begun = whole.substr(0, 44 + 2 * kSecond);
  std::memset(begun.data() + 40, 0, 4);
  const std::string path = directory.file("in.wav");
  std::ofstream(path, std::ios::binary) << begun;
  auto reader = SoundReader::open(path);
  ASSERT_TRUE(reader.ok()) << reader.status();
  Samples heard(kSecond / 2);
  ASSERT_EQ(heard.size(), reader->read(heard));
  std::ofstream(path, std::ios::binary | std::ios::app) << whole.substr(begun.size());
  Samples rest(3 * kSecond);
  rest.resize(reader->read(rest));
  heard.insert(heard.end(), rest.begin(), rest.end());
  ASSERT_EQ(tone.size(), heard.size());
  for (std::size_t i = 0; i < tone.size(); ++i) ASSERT_NEAR(tone[i], heard[i], 1.0 / 32768);
  EXPECT_EQ(0U, reader->read(rest));
}

TEST(GrowingFile, ACallsOwnRecordingCanBeSpokenWhileItIsMade) {
  const TemporaryDirectory directory;
  auto writer = SoundWriter::create(directory.file("out.wav"));
  const Samples tone = tone_at(kSampleRate, 2);
  ASSERT_TRUE(writer->write(tone).ok());
  auto reader = SoundReader::open(directory.file("out.wav"));
  ASSERT_TRUE(reader.ok()) << reader.status();
  Samples heard(10 * kSecond);
  std::size_t count = reader->read(std::span(heard).first(kSecond));
  ASSERT_TRUE(writer->write(tone).ok());
  count += reader->read(std::span(heard).subspan(count));
  EXPECT_EQ(4 * kSecond, count);
}

TEST(ChainedOgg, EveryLinkIsSpokenWhateverItsCodecRateAndChannels) {
  const std::string vorbis = sound(SF_FORMAT_OGG | SF_FORMAT_VORBIS, tone_at(kSampleRate));
  const std::string stereo = sound(SF_FORMAT_OGG | SF_FORMAT_VORBIS, tone_at(44'100), 44'100, 2);
  const std::string opus = sound(SF_FORMAT_OGG | SF_FORMAT_OPUS, tone_at(kSampleRate));
  const std::string flac = ogg_flac(tone_at(16'000), 16'000);
  expect_tone(spoken(vorbis + vorbis), 2, "one file twice");
  expect_tone(spoken(opus + opus + opus), 3, "three times");
  expect_tone(spoken(flac + flac), 2, "FLAC");
  expect_tone(spoken(vorbis + stereo), 2, "other rate and channels");
  expect_tone(spoken(stereo + opus + flac + vorbis), 4, "all codecs");
}

TEST(ChainedOgg, ALinkThatCannotBeReadIsTold) {
  const std::string vorbis = sound(SF_FORMAT_OGG | SF_FORMAT_VORBIS, tone_at(kSampleRate));
  std::string other = vorbis;
  std::memcpy(other.data() + 28, "\x80theora", 7);
  const auto samples = spoken(vorbis + other);
  EXPECT_FALSE(samples.ok());
  EXPECT_THAT(samples.status().message(), HasSubstr("part 2 of the sound is not a sound file"));
}

TEST(ChainedOgg, DamageBetweenPagesIsLeftOut) {
  const std::string opus = sound(SF_FORMAT_OGG | SF_FORMAT_OPUS, tone_at(kSampleRate));
  expect_tone(spoken(opus + std::string(1'000, 'x') + opus), 2, "noise between links");
}

TEST(OggFlac, IsSpokenInAnyWidthAndNumberOfChannels) {
  expect_tone(spoken(ogg_flac(tone_at(kSampleRate))), 1, "mono");
  expect_tone(spoken(ogg_flac(tone_at(44'100), 44'100, 2)), 1, "stereo");
  expect_tone(spoken(ogg_flac(tone_at(96'000), 96'000, 6, 24)), 1, "5.1 of 24 bits");
}

TEST(OggFlac, CutOffAnywhereItIsSpokenToThereOrRefused) {
  const std::string whole = ogg_flac(testing::make_speech(kSecond));
  for (std::size_t length = 4; length < whole.size(); length += 997) {
    const auto samples = spoken(whole.substr(0, length));
    EXPECT_TRUE(samples.ok() || !samples.status().message().empty()) << length;
    if (length > whole.size() / 2) {
      EXPECT_TRUE(samples.ok()) << length;
    }
  }
}

TEST(Tags, BeforeAnyFormatAreSkipped) {
  const std::string tag(
      "ID3\x04\0\0\0\0\0\x0A"
      "0123456789",
      20);
  const Samples tone = tone_at(kSampleRate);
  std::string unfinished = sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone);
  std::memset(unfinished.data() + 40, 0, 4);
  expect_tone(spoken(tag + sound(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, tone)), 1, "FLAC");
  expect_tone(spoken(tag + unfinished), 1, "unfinished WAV");
  expect_tone(spoken(tag + tag + sound(SF_FORMAT_OGG | SF_FORMAT_VORBIS, tone)), 1, "Ogg");
}

TEST(Mp3, IsSpokenWithAndWithoutATag) {
  const std::string tag(
      "ID3\x04\0\0\0\0\0\x0A"
      "0123456789",
      20);
  const std::string mp3 =
      sound(static_cast<int>(SF_FORMAT_MPEG) | static_cast<int>(SF_FORMAT_MPEG_LAYER_III),
            tone_at(44'100), 44'100, 2);
  expect_tone(spoken(mp3), 1, "MP3");
  expect_tone(spoken(tag + mp3), 1, "MP3 with a tag");
}

TEST(NoSound, EachKindIsToldApart) {
  const TemporaryDirectory directory;
  const auto refusal = [&](const std::string& path) {
    const auto source = make_source("file:" + path);
    EXPECT_FALSE(absl::IsInvalidArgument(source.status())) << "it is the file, not the flag";
    return std::string(source.status().message());
  };
  std::ofstream(directory.file("empty.wav"));
  std::ofstream(directory.file("letter.wav")) << "Dear An, this is a letter and not a sound.";
  std::ofstream(directory.file("secret.wav")) << "RIFF";
  ::chmod(directory.file("secret.wav").c_str(), 0);
  EXPECT_THAT(refusal(directory.file("empty.wav")), HasSubstr("is empty"));
  EXPECT_THAT(refusal(directory.file("letter.wav")), HasSubstr("use WAV, FLAC, MP3"));
  EXPECT_THAT(refusal(directory.path()), HasSubstr("is not a file"));
  if (::geteuid() != 0) {
    EXPECT_THAT(refusal(directory.file("secret.wav")), HasSubstr("Permission denied"));
  }
  std::ofstream(directory.file("slow.wav"), std::ios::binary)
      << sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, Samples(10), 1);
  std::ofstream(directory.file("fast.wav"), std::ios::binary)
      << sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, Samples(10), 800'000);
  EXPECT_THAT(refusal(directory.file("slow.wav")), HasSubstr("1 to 768 kHz"));
  EXPECT_THAT(refusal(directory.file("fast.wav")), HasSubstr("1 to 768 kHz"));
}

TEST(AnySound, ExtremesOfRateAndChannelsAreSpoken) {
  expect_tone(spoken(sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(768'000, 0.5), 768'000)), 0.5,
              "768 kHz");
  expect_tone(
      spoken(sound(SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone_at(kSampleRate), kSampleRate, 64)), 1,
      "64 channels");
}

}  // namespace
}  // namespace comcat::audio
