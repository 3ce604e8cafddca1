#include "comcat/client/levels.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "comcat/codec/encoder.h"

namespace comcat::client {
namespace {

std::int64_t number(unsigned level_dbov) {
  return -std::int64_t{level_dbov};
}

std::string text_of(unsigned level_dbov) {
  return level_dbov >= wire::kSilentDbov ? "silent" : std::to_string(number(level_dbov)) + " dBov";
}

std::string text_of(const Levels& levels) {
  if (levels.peak_dbov >= wire::kSilentDbov) return "silent";
  return text_of(levels.level_dbov) + ", peak " + text_of(levels.peak_dbov);
}

}  // namespace

void LevelMeter::add(std::span<const float> samples, base::Time now) noexcept {
  for (const float sample : samples) {
    energy_ += double{sample} * sample;
    peak_ = std::max(peak_, std::abs(sample));
    if (++samples_ == kWindowSamples) finish_window(now);
  }
}

void LevelMeter::finish_window(base::Time now) noexcept {
  peaks_[next_] = peak_;
  next_ = (next_ + 1) % peaks_.size();
  const double highest = *std::ranges::max_element(peaks_);
  level_dbov_.store(codec::power_dbov(energy_ / kWindowSamples), std::memory_order_relaxed);
  peak_dbov_.store(codec::power_dbov(highest * highest), std::memory_order_relaxed);
  at_.store(now, std::memory_order_relaxed);
  energy_ = 0;
  peak_ = 0;
  samples_ = 0;
}

Levels LevelMeter::levels(base::Time now) const {
  const base::Time at = at_.load(std::memory_order_relaxed);
  if (at == base::Time::min() || now - at > kStale) return {};
  return {level_dbov_.load(std::memory_order_relaxed), peak_dbov_.load(std::memory_order_relaxed)};
}

Report levels_report(const SoundLevels& levels, bool muted) {
  std::string text = "your microphone: " + text_of(levels.input);
  if (levels.input.peak_dbov == 0) text += " (too loud: its peaks are cut off)";
  if (muted) text += ", but you are muted";
  return Report("levels", text + "\nwhat you hear: " + text_of(levels.output))
      .with("input_dbov", number(levels.input.level_dbov))
      .with("input_peak_dbov", number(levels.input.peak_dbov))
      .with("output_dbov", number(levels.output.level_dbov))
      .with("output_peak_dbov", number(levels.output.peak_dbov))
      .with("muted", muted);
}

}  // namespace comcat::client
