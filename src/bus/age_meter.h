#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "comcat/base/clock.h"

namespace comcat::bus {

/// How old messages are when they arrive, though their senders' clocks are others: the fastest of
/// each sender's messages within the last kMemory to 2 kMemory is taken for one that was not held
/// up. What is late from the first on is therefore not seen to be.
///
/// Capacity   kMost senders; the one that was silent for longest is forgotten.
/// Threads    one at a time.
class AgeMeter {
 public:
  static constexpr std::chrono::seconds kMemory{30};
  static constexpr std::size_t kMost = 1000;

  /// The age of a message that `sender` stamped with `stamp_us`, microseconds of its own clock.
  [[nodiscard]] base::Duration age(std::uint64_t sender, std::int64_t stamp_us, base::Time now);

 private:
  struct Sender {
    std::int64_t fastest_us = 0;  // arrival less stamp, of the memory before this one and of it
    std::int64_t fresh_us = 0;    // of this one alone
    base::Time began{};           // when this memory did
    base::Time heard{};
  };
  void forget_silent();

  std::unordered_map<std::uint64_t, Sender> senders_;
};

}  // namespace comcat::bus
