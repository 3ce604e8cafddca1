#pragma once

#include <array>
#include <chrono>
#include <cstddef>

/// Values and functions of them. Threads: any.
namespace comcat::audio {

/// All sound inside comcat is 48 kHz, mono, 32-bit float in [-1, 1].
inline constexpr int kSampleRate = 48'000;

/// What a sound card gives and takes at a time: 10 ms.
inline constexpr std::size_t kBlockSamples = 480;
inline constexpr std::chrono::milliseconds kBlockDuration{10};

using Block = std::array<float, kBlockSamples>;

/// A duration as a count of samples, and back.
[[nodiscard]] constexpr std::size_t to_samples(std::chrono::microseconds duration) {
  return static_cast<std::size_t>(duration.count() * (kSampleRate / 1000) / 1000);
}

}  // namespace comcat::audio
