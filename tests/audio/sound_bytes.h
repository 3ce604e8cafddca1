#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sndfile.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/sound_reader.h"

#include "support/signal.h"

/// Sound files made by libsndfile, for what reads them. Threads: any.
namespace comcat::audio {

/// Writes `mono` to every channel of a file in any `format` of libsndfile's.
inline void write_sound(const std::string& path, int format, const testing::Samples& mono,
                        int rate_hz = kSampleRate, int channels = 1) {
  SF_INFO info{};
  info.samplerate = rate_hz;
  info.channels = channels;
  info.format = format;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(nullptr, file) << sf_strerror(nullptr);
  testing::Samples interleaved;
  for (const float sample : mono) {
    interleaved.insert(interleaved.end(), static_cast<std::size_t>(channels), sample);
  }
  sf_write_float(file, interleaved.data(), static_cast<sf_count_t>(interleaved.size()));
  sf_close(file);
}

/// The bytes of a file.
inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<std::byte> bytes_of(const std::string& path) {
  const std::string text = contents(path);
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// All of a file as SoundReader has it.
inline testing::Samples read_all(const std::string& path) {
  absl::StatusOr<testing::Samples> samples = read_sound(bytes_of(path));
  EXPECT_TRUE(samples.ok()) << samples.status();
  return samples.ok() ? *samples : testing::Samples{};
}

}  // namespace comcat::audio
