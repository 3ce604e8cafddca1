#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::datagram {

/// When the datagrams left that have left lately, each to be asked for once. Threads: one at a
/// time.
class SendTimes {
 public:
  static constexpr std::size_t kMost = 256;  // some seconds of voice

  void note(std::uint64_t counter, base::Time now) { sent_[counter % kMost] = {counter, now}; }

  /// Nothing where it left long ago, has not left, or was taken, as it is when a report comes
  /// twice.
  [[nodiscard]] std::optional<base::Time> take(std::uint64_t counter) {
    Sent& sent = sent_[counter % kMost];
    if (sent.counter != counter || sent.at == base::Time{}) return std::nullopt;
    const base::Time at = sent.at;
    sent = {};
    return at;
  }

 private:
  struct Sent {
    std::uint64_t counter = 0;
    base::Time at{};
  };
  std::array<Sent, kMost> sent_{};
};

}  // namespace comcat::datagram
