#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

/// The sounds by which a loudspeaker and a microphone are tried, and how they are found again.
/// Samples are 48 kHz, mono. Values and functions of them. Threads: any.
namespace comcat::client {

/// How often a chirp is played, and how far apart the beginnings are.
inline constexpr std::size_t kChirps = 3;
inline constexpr std::size_t kChirpEvery = 48'000;

/// A sweep of 300 ms from 300 to 3400 Hz, which every loudspeaker and microphone has.
[[nodiscard]] std::vector<float> chirp();

/// kChirps of them.
[[nodiscard]] std::vector<float> chirps();

/// `samples` of noise with the rhythm of speech and most of its spectrum, always the same.
[[nodiscard]] std::vector<float> murmur(std::size_t samples);

/// How a sound that was played is heard.
struct Echo {
  std::size_t lag_samples = 0;
  double gain_db = 0;
};

/// The echo of chirps() in `heard`, whose first sample was captured as the first one was played;
/// nothing where they are not in it. A chirp that somebody speaks over is done without. Echoes of
/// up to 600 ms are looked for.
[[nodiscard]] std::optional<Echo> find_chirps(std::span<const float> heard);

}  // namespace comcat::client
