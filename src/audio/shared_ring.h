#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "comcat/base/realtime.h"

namespace comcat::audio {

/// Values on their way from exactly one writing thread to one reading thread, which may belong to
/// two processes that share its memory: it holds no pointers and takes no locks.
///
/// Overflow   write() leaves out what does not fit and says so.
/// Threads    write() from the writer alone, read() from the reader alone. Neither waits.
/// Trust      whatever the other side does to the counters, nothing outside is touched.
template <typename T, std::size_t kCapacityValues>
class SharedRing {
 public:
  static constexpr std::size_t kCapacity = kCapacityValues;

  /// How many were taken.
  std::size_t write(std::span<const T> values) COMCAT_REALTIME {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    const std::size_t free = kCapacity - held(at, read_.load(std::memory_order_acquire));
    const std::size_t count = std::min(values.size(), free);
    for (std::size_t i = 0; i < count; ++i) values_[(at + i) % kCapacity] = values[i];
    written_.store(at + count, std::memory_order_release);
    return count;
  }

  /// How many were there; the rest of `values` is left as it is.
  std::size_t read(std::span<T> values) COMCAT_REALTIME {
    const std::uint64_t at = read_.load(std::memory_order_relaxed);
    const std::size_t there = held(written_.load(std::memory_order_acquire), at);
    const std::size_t count = std::min(values.size(), there);
    for (std::size_t i = 0; i < count; ++i) values[i] = values_[(at + i) % kCapacity];
    read_.store(at + count, std::memory_order_release);
    return count;
  }

  /// Values waiting; exact only for the calling side.
  [[nodiscard]] std::size_t size() const COMCAT_REALTIME {
    return held(written_.load(std::memory_order_acquire), read_.load(std::memory_order_acquire));
  }

 private:
  static std::size_t held(std::uint64_t written, std::uint64_t read) COMCAT_REALTIME {
    return static_cast<std::size_t>(std::min<std::uint64_t>(written - read, kCapacity));
  }

  static_assert(std::is_trivially_copyable_v<T>);
  std::array<T, kCapacity> values_{};
  std::atomic<std::uint64_t> written_{0};  // in all
  std::atomic<std::uint64_t> read_{0};     // in all
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

}  // namespace comcat::audio
