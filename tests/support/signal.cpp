#include "support/signal.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <random>

namespace comcat::testing {
namespace {

constexpr double kRate = 48'000;
constexpr double kPi = std::numbers::pi;
using Spectrum = std::vector<std::complex<double>>;

/// In place, radix 2; the size is a power of two. The inverse is not scaled.
void transform(Spectrum& x, bool inverse) {
  for (std::size_t i = 1, j = 0; i < x.size(); ++i) {
    std::size_t bit = x.size() >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t length = 2; length <= x.size(); length <<= 1) {
    const double angle = (inverse ? 2 : -2) * kPi / static_cast<double>(length);
    std::vector<std::complex<double>> turn(length / 2);
    for (std::size_t k = 0; k < turn.size(); ++k) {
      turn[k] = std::polar(1.0, angle * static_cast<double>(k));
    }
    for (std::size_t i = 0; i < x.size(); i += length) {
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto odd = x[i + k + length / 2] * turn[k];
        x[i + k + length / 2] = x[i + k] - odd;
        x[i + k] += odd;
      }
    }
  }
}

Spectrum spectrum(std::span<const float> samples, std::size_t size) {
  Spectrum x(size);
  std::copy(samples.begin(), samples.end(), x.begin());
  transform(x, false);
  return x;
}

/// sum over i of a[i] * b[i + lag], for lag 0 to `lags` - 1.
std::vector<double> correlate(std::span<const float> a, std::span<const float> b,
                              std::size_t lags) {
  std::size_t size = 1;
  while (size < a.size() + b.size()) size <<= 1;
  Spectrum x = spectrum(a, size);
  const Spectrum y = spectrum(b, size);
  for (std::size_t i = 0; i < size; ++i) x[i] = std::conj(x[i]) * y[i];
  transform(x, true);
  std::vector<double> out(lags);
  for (std::size_t lag = 0; lag < lags; ++lag) out[lag] = x[lag].real() / static_cast<double>(size);
  return out;
}

double energy(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += double{sample} * sample;
  return sum;
}

}  // namespace

Samples make_tone(double hertz, std::size_t samples, double amplitude) {
  Samples out(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    out[i] =
        static_cast<float>(amplitude * std::sin(2 * kPi * hertz * static_cast<double>(i) / kRate));
  }
  return out;
}

Samples make_speech(std::size_t samples, unsigned seed) {
  std::minstd_rand random(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  Samples out;
  double phase = 0;
  while (out.size() < samples) {
    const auto syllable = static_cast<std::size_t>(kRate * (0.12 + 0.18 * unit(random)));
    const double from_hz = 90 + 120 * unit(random);
    const double to_hz = 90 + 120 * unit(random);
    const double loudness = 0.1 + 0.25 * unit(random);
    for (std::size_t i = 0; i < syllable; ++i) {
      const double at = static_cast<double>(i) / static_cast<double>(syllable);
      phase += 2 * kPi * (from_hz + (to_hz - from_hz) * at) / kRate;
      double voice = 0;
      for (int k = 1; k <= 12; ++k) voice += std::sin(k * phase) / k;
      const double breath = 0.2 * (unit(random) - 0.5);
      out.push_back(static_cast<float>(loudness * std::sin(kPi * at) * (voice / 2 + breath)));
    }
    out.resize(out.size() + static_cast<std::size_t>(kRate * 0.08 * unit(random)));
  }
  out.resize(samples);
  return out;
}

double rms_dbfs(std::span<const float> samples) {
  const double power = samples.empty() ? 0 : energy(samples) / static_cast<double>(samples.size());
  return 10 * std::log10(std::max(power, 1e-20));
}

double tone_dbfs(std::span<const float> samples, double hertz, double rate_hz) {
  const double turn = 2 * std::cos(2 * kPi * hertz / rate_hz);
  double last = 0;
  double before = 0;
  for (const float sample : samples) {
    const double next = sample + turn * last - before;
    before = last;
    last = next;
  }
  const double power = last * last + before * before - turn * last * before;
  const double count = std::max<double>(1, static_cast<double>(samples.size()));
  return 10 * std::log10(std::max(2 * power / (count * count), 1e-20));
}

double loudest_tone_dbfs(std::span<const float> samples, double hertz) {
  constexpr auto kTenth = static_cast<std::size_t>(kRate / 10);
  double loudest = -200;
  for (std::size_t at = 0; at + kTenth <= samples.size(); at += kTenth) {
    loudest = std::max(loudest, tone_dbfs(samples.subspan(at, kTenth), hertz));
  }
  return loudest;
}

double pitch_hz(std::span<const float> samples, double low_hz, double high_hz, double rate_hz) {
  const auto shortest = static_cast<std::size_t>(rate_hz / high_hz);
  const auto longest = static_cast<std::size_t>(rate_hz / low_hz);
  if (samples.size() < 2 * longest || rms_dbfs(samples) < -60) return 0;
  const std::size_t window = samples.size() - longest;
  const std::vector<double> raw = correlate(samples.first(window), samples, longest + 1);
  std::vector<double> likeness(longest + 1);
  double shifted = energy(samples.first(window));
  const double own = shifted;
  for (std::size_t lag = 0; lag <= longest; ++lag) {
    likeness[lag] = raw[lag] / std::sqrt(std::max(own * shifted, 1e-20));
    if (lag == longest) break;
    shifted +=
        double{samples[window + lag]} * samples[window + lag] - double{samples[lag]} * samples[lag];
  }
  const auto first = likeness.begin() + static_cast<std::ptrdiff_t>(shortest);
  const double best = *std::max_element(first, likeness.end());
  if (best < 0.5) return 0;
  // The shortest period that is nearly as good as the best: its multiples are good too.
  for (std::size_t lag = std::max<std::size_t>(shortest, 1); lag < longest; ++lag) {
    const bool peak = likeness[lag] >= likeness[lag - 1] && likeness[lag] >= likeness[lag + 1];
    if (!peak || likeness[lag] < 0.9 * best) continue;
    const double bend = likeness[lag - 1] - 2 * likeness[lag] + likeness[lag + 1];
    const double shift = bend == 0 ? 0 : 0.5 * (likeness[lag - 1] - likeness[lag + 1]) / bend;
    return rate_hz / (static_cast<double>(lag) + shift);
  }
  return rate_hz / static_cast<double>(longest);
}

Match find_in(std::span<const float> sent, std::span<const float> heard) {
  Match best;
  if (sent.empty() || heard.size() < sent.size()) return best;
  const std::size_t lags = heard.size() - sent.size() + 1;
  const std::vector<double> raw = correlate(sent, heard, lags);
  const double own = energy(sent);
  double there = energy(heard.first(sent.size()));
  best.peak = -1;
  for (std::size_t lag = 0; lag < lags; ++lag) {
    const double likeness = raw[lag] / std::sqrt(std::max(own * there, 1e-12));
    if (likeness > best.peak) best = {likeness, static_cast<std::ptrdiff_t>(lag)};
    if (lag + 1 == lags) break;
    const double leaves = heard[lag];
    const double enters = heard[lag + sent.size()];
    there += enters * enters - leaves * leaves;
  }
  return best;
}

namespace {

constexpr std::size_t kShortestWord = 7'200;  // 150 ms
constexpr std::size_t kLongestWord = 14'400;
constexpr std::size_t kSlack = 24'000;

/// The end of the word at the beginning of `rest`: the quietest 10 ms where it may end.
std::size_t word_end(std::span<const float> rest) {
  constexpr std::size_t kWindow = 480;
  if (rest.size() < kShortestWord + kLongestWord) return rest.size();
  std::size_t best = kShortestWord;
  double least = std::numeric_limits<double>::max();
  for (std::size_t at = kShortestWord; at + kWindow <= kLongestWord; at += kWindow / 2) {
    const double loud = energy(rest.subspan(at, kWindow));
    if (loud < least) {
      least = loud;
      best = at + kWindow / 2;
    }
  }
  return best;
}

}  // namespace

double likeness_by_words(std::span<const float> sent, std::span<const float> heard) {
  const auto whole = static_cast<std::size_t>(find_in(sent, heard).lag_samples);
  double sum = 0;
  for (std::size_t at = 0; at < sent.size();) {
    const auto word = sent.subspan(at, word_end(sent.subspan(at)));
    const std::size_t from = std::min(heard.size(), whole + at - std::min(whole + at, kSlack));
    const std::size_t size = std::min(heard.size() - from, word.size() + 2 * kSlack);
    sum += energy(word) * find_in(word, heard.subspan(from, size)).peak;
    at += word.size();
  }
  return sum / std::max(energy(sent), 1e-12);
}

}  // namespace comcat::testing
