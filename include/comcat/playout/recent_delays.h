#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "comcat/playout/micros.h"

namespace comcat::playout {

/// The relative delays of the packets with the last 80 ms of speech, and the least of them: what
/// the network offers at the moment.
///
/// Threads  one at a time.
/// Memory   kMost packets: 80 ms of the shortest Opus frames.
class RecentDelays {
 public:
  static constexpr std::size_t kMost = 32;

  /// A packet in order.
  void insert(std::int64_t timestamp, Micros relative);

  void clear() { count_ = 0; }

  /// There are any.
  [[nodiscard]] bool known() const { return count_ > 0; }

  /// REQUIRES known().
  [[nodiscard]] Micros least() const { return least_; }

 private:
  struct Packet {
    std::int64_t timestamp = 0;
    Micros relative{0};
  };

  std::array<Packet, kMost> packets_{};  // the newest at (count_ - 1) % kMost
  std::size_t count_ = 0;                // that were inserted
  Micros least_{0};
};

}  // namespace comcat::playout
