#include "playout_bench/material.h"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numbers>
#include <random>

#include "comcat/audio/frame.h"
#include "comcat/codec/encoder.h"

namespace comcat::bench {
namespace {

constexpr double kSecond = audio::kSampleRate;
constexpr std::size_t kMinuteSamples = 60 * audio::kSampleRate;
constexpr int kOvertones = 24;

/// One syllable: a gliding pitch with overtones under two formants, and a soft beginning and end.
void add_syllable(std::vector<float>& speech, std::size_t first, std::size_t length,
                  std::mt19937_64& random) {
  std::uniform_real_distribution<double> any(0, 1);
  const double pitch_hz = 100 + 80 * any(random);
  const double glide_hz = 40 * (any(random) - 0.5);
  const double low_hz = 350 + 400 * any(random);
  const double high_hz = 1200 + 1200 * any(random);
  std::vector<double> strength(kOvertones + 1);
  for (int k = 1; k <= kOvertones; ++k) {
    const double hz = pitch_hz * k;
    strength[k] = 0.02 + std::exp(-std::pow((hz - low_hz) / 150, 2)) +
                  0.4 * std::exp(-std::pow((hz - high_hz) / 250, 2));
  }
  double phase = 0;
  for (std::size_t i = 0; i < length && first + i < speech.size(); ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(length);
    phase += 2 * std::numbers::pi * (pitch_hz + glide_hz * part) / kSecond;
    double sum = 0;
    for (int k = 1; k <= kOvertones; ++k) sum += strength[k] * std::sin(k * phase);
    speech[first + i] += static_cast<float>(0.12 * sum * std::sin(std::numbers::pi * part));
  }
}

std::vector<float> speak_minute(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> background(0, 0.0004F);
  std::uniform_real_distribution<double> phrase_s(1, 4);
  std::uniform_real_distribution<double> pause_s(0.3, 1.5);
  std::uniform_real_distribution<double> syllable_s(0.12, 0.3);
  std::vector<float> speech(kMinuteSamples);
  for (float& sample : speech) sample = background(random);
  double at = 0.5;
  while (at < 58) {
    for (const double end = std::min(at + phrase_s(random), 59.0); at < end;) {
      const double length = syllable_s(random);
      add_syllable(speech, static_cast<std::size_t>(at * kSecond),
                   static_cast<std::size_t>(length * kSecond), random);
      at += 0.85 * length;
    }
    at += pause_s(random);
  }
  return speech;
}

}  // namespace

std::vector<Encoded> encode_minute(const MaterialOptions& options) {
  auto encoder = codec::Encoder::create({.discontinuous = options.discontinuous,
                                         .expected_loss_percent = options.expected_loss_percent});
  if (!encoder.ok()) std::abort();  // our own fixed options
  const std::vector<float> speech = speak_minute(options.seed);
  const std::size_t n = encoder->frame_samples();
  std::vector<Encoded> frames;
  for (std::size_t i = 0; i + n <= speech.size(); i += n) {
    frames.emplace_back(encoder->encode(std::span(speech).subspan(i, n)));
  }
  return frames;
}

}  // namespace comcat::bench
