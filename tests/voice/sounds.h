#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "comcat/voice/chain.h"

#include "support/signal.h"
#include "support/speech.h"

/// What a microphone hears, made up; the same each time. Samples are 48 kHz.
namespace comcat::voice::testing {

using comcat::testing::Samples;

inline constexpr std::size_t kSecond = 48'000;

/// `samples` of a voice that goes on and on, with pauses of a fifth of a second.
inline Samples talk(std::size_t samples, const std::string& voice) {
  Samples sentences;
  for (const char* sentence :
       {"The quick brown fox jumps over the lazy dog near the river bank.",
        "She sells sea shells by the sea shore every other summer morning.",
        "We will meet at the station at seven and walk to the harbour together."}) {
    const Samples said = comcat::testing::speak(sentence, voice);
    sentences.insert(sentences.end(), said.begin(), said.end());
    sentences.resize(sentences.size() + kSecond / 5);
  }
  Samples out;
  while (out.size() < samples) out.insert(out.end(), sentences.begin(), sentences.end());
  out.resize(samples);
  return out;
}

/// As a fan: noise with most of its power below 1 kHz.
inline Samples fan(std::size_t samples, double dbfs, unsigned seed = 5) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Samples out(samples);
  float low = 0;
  for (float& sample : out) sample = low += 0.1F * (normal(random) - low);
  const auto scale = static_cast<float>(std::pow(10, (dbfs - comcat::testing::rms_dbfs(out)) / 20));
  for (float& sample : out) sample *= scale;
  return out;
}

/// What comes back of `played` from a room that echoes for 230 ms, 10 dB quieter.
inline Samples in_a_room(const Samples& played) {
  constexpr std::size_t kTaps = 500;
  constexpr std::size_t kTail = kSecond * 230 / 1000;
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::uniform_int_distribution<std::size_t> anywhere(1, kTail - 1);
  Samples room(kTail);
  room[0] = 1;
  for (std::size_t i = 0; i < kTaps; ++i) {
    const std::size_t at = anywhere(random);
    room[at] = 0.5F * normal(random) * std::exp(-6.9F * static_cast<float>(at) / 12'000);
  }
  float energy = 0;
  for (const float tap : room) energy += tap * tap;
  const float scale = std::sqrt(0.1F / energy);
  Samples out(played.size());
  for (std::size_t at = 0; at < room.size(); ++at) {
    if (room[at] == 0) continue;
    const float tap = room[at] * scale;
    for (std::size_t n = at; n < out.size(); ++n) out[n] += tap * played[n - at];
  }
  return out;
}

inline Samples delayed(const Samples& sound, std::size_t by) {
  Samples out(by);
  out.insert(out.end(), sound.begin(), sound.end());
  out.resize(sound.size());
  return out;
}

inline Samples sum(Samples a, const Samples& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) a[i] += b[i];
  return a;
}

inline Samples louder(Samples sound, double db) {
  for (float& sample : sound) sample *= static_cast<float>(std::pow(10, db / 20));
  return sound;
}

inline double dbfs(const Samples& sound, double from_s, double to_s) {
  const auto from = static_cast<std::size_t>(from_s * kSecond);
  return comcat::testing::rms_dbfs(
      std::span(sound).subspan(from, static_cast<std::size_t>(to_s * kSecond) - from));
}

/// All of `near` through `chain`, beside `far`.
inline Samples through(Chain& chain, const Samples& near, const Samples& far,
                       std::chrono::milliseconds echo_delay = {}) {
  Samples out;
  Moment moment;
  moment.echo_delay = echo_delay;
  for (std::size_t at = 0; at + audio::kBlockSamples <= near.size(); at += audio::kBlockSamples) {
    std::copy_n(near.begin() + static_cast<std::ptrdiff_t>(at), audio::kBlockSamples,
                moment.near.begin());
    std::copy_n(far.begin() + static_cast<std::ptrdiff_t>(at), audio::kBlockSamples,
                moment.far.begin());
    chain.process(moment);
    out.insert(out.end(), moment.near.begin(), moment.near.end());
  }
  return out;
}

}  // namespace comcat::voice::testing
