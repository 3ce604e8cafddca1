#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace comcat::load {

/// Durations in buckets that are at most 1.6 % wide: exact below 64 us, then 64 buckets an octave.
/// Longer than 2^36 us counts as that; shorter than nothing (clocks of two cores) as nothing.
/// Cost       constant; 16 KiB.
/// Threads    one at a time.
class Histogram {
 public:
  using Microseconds = std::chrono::microseconds;

  void add(std::chrono::nanoseconds value) {
    const auto us = std::chrono::duration_cast<Microseconds>(value).count();
    const std::uint64_t clamped = us < 0 ? 0 : std::min<std::uint64_t>(us, kMaxUs);
    ++counts_[index(clamped)];
    ++count_;
    if (clamped > max_us_) max_us_ = clamped;
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_us_ = std::max(max_us_, other.max_us_);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Microseconds max() const { return Microseconds(max_us_); }

  /// The value that `fraction` (0.99) of all values do not exceed, rounded up to its bucket's end;
  /// nothing counted: 0.
  [[nodiscard]] Microseconds percentile(double fraction) const {
    const double wanted = fraction * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > 0 && static_cast<double>(seen) >= wanted) {
        return Microseconds(std::min(upper_end(i), max_us_));
      }
    }
    return Microseconds(0);
  }

 private:
  static constexpr unsigned kBits = 6;  // 64 buckets an octave
  static constexpr unsigned kOctaves = 31;
  static constexpr std::uint64_t kMaxUs = (std::uint64_t{1} << (kBits + kOctaves - 1)) - 1;

  static std::size_t index(std::uint64_t us) {
    if (us < (1U << kBits)) return us;
    const auto shift = static_cast<unsigned>(std::bit_width(us)) - kBits - 1;
    return ((shift + 1) << kBits) + ((us >> shift) - (1U << kBits));
  }
  static std::uint64_t upper_end(std::size_t i) {
    if (i < (1U << kBits)) return i;
    const std::uint64_t shift = (i >> kBits) - 1;
    const std::uint64_t mantissa = (i & ((1U << kBits) - 1)) + (1U << kBits);
    return ((mantissa + 1) << shift) - 1;
  }

  std::array<std::uint64_t, std::size_t{kOctaves} << kBits> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace comcat::load
