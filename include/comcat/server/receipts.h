#pragma once

#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"

namespace comcat::server {

/// Which of the messages that must arrive have, as far as their listener has said: they are
/// numbered as they are written, and it acknowledges all up to a number. Threads: one, the
/// listener's shard.
class Receipts {
 public:
  static constexpr std::chrono::seconds kPatience{10};

  /// The number of the next message, written at `now`.
  [[nodiscard]] std::uint64_t number_next(base::Time now) {
    if (acknowledged_ == sent_) since_ = now;
    return ++sent_;
  }

  /// All up to `number` have come; false where that is known already, or cannot be.
  [[nodiscard]] bool acknowledge(std::uint64_t number, base::Time now) {
    if (number <= acknowledged_ || number > sent_) return false;
    acknowledged_ = number;
    since_ = now;
    return true;
  }

  /// Something is to be acknowledged.
  [[nodiscard]] bool wait() const { return acknowledged_ < sent_; }
  /// Nothing has been acknowledged for kPatience, though something is to be.
  [[nodiscard]] bool are_overdue(base::Time now) const {
    return acknowledged_ < sent_ && now - since_ > kPatience;
  }

 private:
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  base::Time since_{};  // when the first of those that are missing was written, or a later time
};

}  // namespace comcat::server
