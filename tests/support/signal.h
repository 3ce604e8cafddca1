#pragma once

#include <cstddef>
#include <span>
#include <vector>

/// What recorded sound is judged by. Pure functions; samples are 48 kHz unless `rate_hz` says
/// other.
namespace comcat::testing {

using Samples = std::vector<float>;

/// A sine of `amplitude`.
[[nodiscard]] Samples make_tone(double hertz, std::size_t samples, double amplitude = 0.5);

/// Noise with the rhythm and the spectrum of speech: voiced syllables of gliding pitch with pauses
/// between them, the same for the same seed. Its correlation with itself has one peak only.
[[nodiscard]] Samples make_speech(std::size_t samples, unsigned seed = 1);

/// Root mean square in dB of full scale: a full sine is -3.01; silence is -200.
[[nodiscard]] double rms_dbfs(std::span<const float> samples);

/// The level in dBFS of one frequency (Goertzel): a sine of amplitude 0.5 at `hertz` gives -9.03.
[[nodiscard]] double tone_dbfs(std::span<const float> samples, double hertz,
                               double rate_hz = 48'000);

/// The most that tone_dbfs() is in any tenth of a second.
[[nodiscard]] double loudest_tone_dbfs(std::span<const float> samples, double hertz);

/// The pitch of a voiced sound in hertz, between `low_hz` and `high_hz`; 0 where there is none.
[[nodiscard]] double pitch_hz(std::span<const float> samples, double low_hz = 60,
                              double high_hz = 1'000, double rate_hz = 48'000);

struct Match {
  double peak = 0;                 // -1 to 1; 1 is the same but for the volume
  std::ptrdiff_t lag_samples = 0;  // how much later `heard` has it than `sent`
};

/// Where in `heard` all of `sent` is found, and how alike they are there: normalised
/// cross-correlation, over every lag at which `sent` lies wholly inside `heard`.
[[nodiscard]] Match find_in(std::span<const float> sent, std::span<const float> heard);

/// How alike what was said and what was heard are, word by word: the mean of each word's own
/// find_in() peak, the loud words counting for more. A playout that waits for a late packet, or
/// catches up, moves words against each other and leaves each of them whole; a correlation over all
/// of them takes that for a loss.
///
/// Words      what stands between the quietest places of `sent`, 150 to 300 ms each.
/// Searched   within 500 ms of where the whole is found best.
[[nodiscard]] double likeness_by_words(std::span<const float> sent, std::span<const float> heard);

}  // namespace comcat::testing
