#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::transport {

/// Which of the server's numbered messages have come, and when it is to be told: kDelay after the
/// first of which it does not know, all in one number. Threads: one at a time, the stream's.
class Acknowledgements {
 public:
  static constexpr std::chrono::milliseconds kDelay{500};

  /// A message has come and been handed on; 0: one without a number.
  void received(std::uint64_t number, base::Time now) {
    if (number <= received_) return;
    received_ = number;
    if (due_ == base::Time::max()) due_ = now + kDelay;
  }

  /// When take_due() has something; Time::max() where nothing is to be told.
  [[nodiscard]] base::Time next_deadline() const { return due_; }
  /// What the server is to be told now.
  [[nodiscard]] std::optional<std::uint64_t> take_due(base::Time now) {
    if (now < due_) return std::nullopt;
    due_ = base::Time::max();
    return received_;
  }

  /// Of another call.
  void reset() { *this = {}; }

 private:
  std::uint64_t received_ = 0;
  base::Time due_ = base::Time::max();
};

}  // namespace comcat::transport
