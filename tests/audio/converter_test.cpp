// Between a sound card's samples and ours.

#include <algorithm>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/audio/frame.h"

#include "audio/capture_converter.h"
#include "audio/playback_converter.h"
#include "support/signal.h"

namespace comcat::audio {
namespace {

using testing::Samples;

struct Heard final : CaptureHandler {
  void on_captured(std::span<const float> part) noexcept override {
    samples.insert(samples.end(), part.begin(), part.end());
    calls.push_back(part.size());
    last = part.data();
  }
  Samples samples;
  std::vector<std::size_t> calls;
  const float* last = nullptr;
};

struct Spoken final : RenderHandler {
  explicit Spoken(Samples what) : samples(std::move(what)) {}
  void on_render(std::span<float> out) noexcept override {
    for (float& sample : out) sample = position < samples.size() ? samples[position++] : 0;
  }
  Samples samples;
  std::size_t position = 0;
};

/// Drives `processor` with device buffers of awkward sizes.
Samples capture_in_pieces(StreamProcessor& processor, const Heard& heard, const Samples& device,
                          std::size_t channels) {
  const std::size_t sizes[] = {1, 480, 7, 1024, 479, 4096, 64};
  const std::size_t frames = device.size() / channels;
  for (std::size_t at = 0, i = 0; at < frames; ++i) {
    const std::size_t count = std::min(sizes[i % 7], frames - at);
    processor.process(device.data() + at * channels, nullptr, count);
    at += count;
  }
  return heard.samples;
}

Samples playback_in_pieces(StreamProcessor& processor, std::size_t frames, std::size_t channels) {
  const std::size_t sizes[] = {480, 1, 1024, 333, 4096, 64};
  Samples out(frames * channels, 9.0F);
  for (std::size_t at = 0, i = 0; at < frames; ++i) {
    const std::size_t count = std::min(sizes[i % 6], frames - at);
    processor.process(nullptr, out.data() + at * channels, count);
    at += count;
  }
  return out;
}

TEST(Capture, WhatIsRightAlreadyIsPassedOnUntouched) {
  Heard heard;
  CaptureConverter converter(heard, 1, kSampleRate);
  const Samples device = testing::make_speech(4096);
  converter.process(device.data(), nullptr, device.size());
  EXPECT_EQ(device.data(), heard.last);  // not even copied
  EXPECT_EQ(std::vector<std::size_t>{4096}, heard.calls);
}

TEST(Capture, AMicrophoneOnOneOfManyChannelsKeepsItsLevel) {
  for (const std::size_t channels : {2, 4, 18}) {
    for (const std::size_t used : {std::size_t{0}, channels - 1}) {
      Heard heard;
      CaptureConverter converter(heard, static_cast<int>(channels), kSampleRate);
      const Samples speech = testing::make_speech(48'000);
      Samples device(speech.size() * channels);
      for (std::size_t i = 0; i < speech.size(); ++i) device[i * channels + used] = speech[i];
      EXPECT_EQ(speech, capture_in_pieces(converter, heard, device, channels)) << channels;
    }
  }
}

TEST(Capture, AMissingBufferIsSilence) {
  Heard heard;
  CaptureConverter converter(heard, 2, kSampleRate);
  converter.process(nullptr, nullptr, 1000);
  EXPECT_EQ(Samples(1000), heard.samples);
}

TEST(Capture, AnotherRateIsResampled) {
  for (const int rate_hz : {8'000, 16'000, 44'100, 96'000}) {
    Heard heard;
    CaptureConverter converter(heard, 1, rate_hz);
    const double stretched = 440.0 * kSampleRate / rate_hz;
    capture_in_pieces(converter, heard,
                      testing::make_tone(stretched, static_cast<std::size_t>(rate_hz)), 1);
    EXPECT_NEAR(48'000, static_cast<double>(heard.samples.size()), 480) << rate_hz;
    const auto middle = std::span<const float>(heard.samples).subspan(4800, 38'400);
    EXPECT_NEAR(-9.03, testing::tone_dbfs(middle, 440), 0.1) << rate_hz;
    EXPECT_NEAR(-9.03, testing::rms_dbfs(middle), 0.1) << rate_hz;
  }
}

TEST(Playback, TheHandlerWritesStraightIntoTheDevice) {
  Spoken spoken(testing::make_speech(5000));
  PlaybackConverter converter(spoken, 1, kSampleRate);
  EXPECT_EQ(spoken.samples, playback_in_pieces(converter, 5000, 1));
}

TEST(Playback, EveryChannelGetsTheSame) {
  Spoken spoken(testing::make_speech(5000));
  PlaybackConverter converter(spoken, 6, kSampleRate);
  const Samples device = playback_in_pieces(converter, 5000, 6);
  for (std::size_t i = 0; i < device.size(); ++i) ASSERT_EQ(spoken.samples[i / 6], device[i]);
}

TEST(Playback, AnotherRateIsResampled) {
  for (const int rate_hz : {8'000, 16'000, 44'100, 96'000}) {
    Spoken spoken(testing::make_tone(440, 2 * 48'000));
    PlaybackConverter converter(spoken, 2, rate_hz);
    const Samples device = playback_in_pieces(converter, static_cast<std::size_t>(rate_hz), 2);
    Samples left;
    for (std::size_t i = 0; i < device.size(); i += 2) left.push_back(device[i]);
    const auto middle = std::span<const float>(left).subspan(left.size() / 10, left.size() / 2);
    EXPECT_NEAR(-9.03, testing::tone_dbfs(middle, 440, rate_hz), 0.1) << rate_hz;
    EXPECT_NEAR(-9.03, testing::rms_dbfs(middle), 0.1) << rate_hz;
    EXPECT_NEAR(48'000, static_cast<double>(spoken.position), 480) << rate_hz;
  }
}

}  // namespace
}  // namespace comcat::audio
