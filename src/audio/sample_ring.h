#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "comcat/base/realtime.h"

namespace comcat::audio {

/// Samples on their way from exactly one writing thread to one reading thread, which may belong to
/// two processes that share its memory: it holds no pointers and takes no locks.
///
/// Capacity   16384 samples, 341 ms.
/// Overflow   write() leaves out what does not fit and says so.
/// Threads    write() from the writer alone, read() from the reader alone. Neither waits.
/// Trust      whatever the other side does to the counters, no sample outside is touched.
class SampleRing {
 public:
  static constexpr std::size_t kCapacitySamples = 16'384;

  /// How many were taken.
  std::size_t write(std::span<const float> samples) COMCAT_REALTIME {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    const std::size_t free = kCapacitySamples - held(at, read_.load(std::memory_order_acquire));
    const std::size_t count = std::min(samples.size(), free);
    for (std::size_t i = 0; i < count; ++i) samples_[(at + i) % kCapacitySamples] = samples[i];
    written_.store(at + count, std::memory_order_release);
    return count;
  }

  /// How many were there; the rest of `samples` is left as it is.
  std::size_t read(std::span<float> samples) COMCAT_REALTIME {
    const std::uint64_t at = read_.load(std::memory_order_relaxed);
    const std::size_t there = held(written_.load(std::memory_order_acquire), at);
    const std::size_t count = std::min(samples.size(), there);
    for (std::size_t i = 0; i < count; ++i) samples[i] = samples_[(at + i) % kCapacitySamples];
    read_.store(at + count, std::memory_order_release);
    return count;
  }

  /// Samples waiting; exact only for the calling side.
  [[nodiscard]] std::size_t size() const COMCAT_REALTIME {
    return held(written_.load(std::memory_order_acquire), read_.load(std::memory_order_acquire));
  }

 private:
  static std::size_t held(std::uint64_t written, std::uint64_t read) COMCAT_REALTIME {
    return static_cast<std::size_t>(std::min<std::uint64_t>(written - read, kCapacitySamples));
  }

  std::array<float, kCapacitySamples> samples_{};
  std::atomic<std::uint64_t> written_{0};  // in all
  std::atomic<std::uint64_t> read_{0};     // in all
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

}  // namespace comcat::audio
