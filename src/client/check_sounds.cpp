#include "comcat/client/check_sounds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "comcat/audio/frame.h"

namespace comcat::client {
namespace {

constexpr double kRate = audio::kSampleRate;
constexpr std::size_t kChirpSamples = 14'400;
constexpr double kChirpAmplitude = 0.25;
constexpr double kMurmurAmplitude = 0.2;

/// What is compared has a quarter of the rate: three times the highest pitch.
constexpr std::size_t kThinning = 4;
constexpr std::size_t kMostLag = 28'800;

/// How far the best place stands out from the others; noise reaches 5.
constexpr double kSharp = 7;
/// Two chirps have one echo.
constexpr std::size_t kSameLag = 240;

std::vector<float> thinned(std::span<const float> samples) {
  std::vector<float> out(samples.size() / kThinning);
  for (std::size_t i = 0; i < out.size(); ++i) {
    float sum = 0;
    for (const float sample : samples.subspan(i * kThinning, kThinning)) sum += sample;
    out[i] = sum / kThinning;
  }
  return out;
}

double energy(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += double{sample} * sample;
  return sum;
}

struct Match {
  double sharpness = 0;
  Echo echo;
};

/// Where `heard` is most like a chirp.
Match best_match(std::span<const float> heard) {
  static const std::vector<float> wanted = thinned(chirp());
  const std::vector<float> thin = thinned(heard);
  if (thin.size() <= wanted.size()) return {};
  double best = 0;
  double squares = 0;
  std::size_t at = 0;
  const std::size_t lags = thin.size() - wanted.size();
  for (std::size_t lag = 0; lag < lags; ++lag) {
    float sum = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) sum += wanted[i] * thin[lag + i];
    squares += double{sum} * sum;
    if (std::abs(sum) > best) best = std::abs(sum), at = lag;
  }
  const double usual = std::sqrt(squares / static_cast<double>(lags));
  if (!(usual > 0)) return {};
  return {best / usual, {at * kThinning, 20 * std::log10(best / energy(wanted))}};
}

/// In [-1, 1): a linear congruential generator's.
float noise(std::uint32_t& state) {
  state = state * 1'664'525U + 1'013'904'223U;
  return static_cast<float>(static_cast<std::int32_t>(state)) / 2'147'483'648.0F;
}

}  // namespace

std::vector<float> chirp() {
  constexpr double kFrom = 300;
  constexpr double kTo = 3400;
  std::vector<float> out(kChirpSamples);
  const double seconds = static_cast<double>(kChirpSamples) / kRate;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / kRate;
    const double turns = kFrom * t + (kTo - kFrom) / (2 * seconds) * t * t;
    const double edge = std::sin(std::numbers::pi * t / seconds);
    out[i] = static_cast<float>(kChirpAmplitude * std::sqrt(edge) *
                                std::sin(2 * std::numbers::pi * turns));
  }
  return out;
}

std::vector<float> chirps() {
  std::vector<float> out(kChirps * kChirpEvery);
  const std::vector<float> one = chirp();
  for (std::size_t i = 0; i < kChirps; ++i) {
    std::ranges::copy(one, out.begin() + static_cast<std::ptrdiff_t>(i * kChirpEvery));
  }
  return out;
}

std::vector<float> murmur(std::size_t samples) {
  constexpr double kSyllablesPerSecond = 4;
  constexpr float kDull = 0.15F;  // speech has little above 2 kHz
  std::vector<float> out(samples);
  std::uint32_t state = 1;
  float low = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    low += kDull * (noise(state) - low);
    const double t = static_cast<double>(i) / kRate;
    const double rhythm = std::abs(std::sin(std::numbers::pi * kSyllablesPerSecond * t));
    out[i] = static_cast<float>(3 * kMurmurAmplitude * rhythm) * low;
  }
  return out;
}

std::optional<Echo> find_chirps(std::span<const float> heard) {
  std::array<Match, kChirps> found;
  for (std::size_t i = 0; i < kChirps && heard.size() > i * kChirpEvery; ++i) {
    const std::span<const float> rest = heard.subspan(i * kChirpEvery);
    found[i] = best_match(rest.first(std::min(rest.size(), kMostLag + kChirpSamples)));
  }
  std::ranges::sort(found, std::ranges::greater{}, &Match::sharpness);
  const Match& first = found[0];
  const Match& second = found[1];
  const auto [low, high] = std::minmax(first.echo.lag_samples, second.echo.lag_samples);
  if (second.sharpness < kSharp || high - low > kSameLag) return std::nullopt;
  return first.echo;
}

}  // namespace comcat::client
