#pragma once

#include <chrono>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::client {

/// When a device that has failed is tried again: after kFirst, so that what failed together is
/// tried together, then each kEach, until it is back. What has been away for long is tried more
/// seldom, each time after an eighth of that time, up to kMostSeldom. One that fails soon after it
/// came back is left alone for twice as long each time, up to kLongest: it costs more than it
/// gives.
///
/// Threads    one at a time.
class RetryTimes {
 public:
  static constexpr std::chrono::milliseconds kFirst{250};
  static constexpr std::chrono::milliseconds kEach{1000};
  static constexpr std::chrono::milliseconds kMostSeldom{5000};
  static constexpr std::chrono::milliseconds kLongest{30'000};
  static constexpr std::chrono::milliseconds kSoon{5'000};

  void failed(base::Time now);
  /// The try that was due has not helped.
  void tried(base::Time now);
  void returned(base::Time now);
  /// Somebody asks for it: it is due, where it is awaited at all.
  void hasten(base::Time now);

  [[nodiscard]] bool due(base::Time now) const { return next_ && *next_ <= now; }
  /// Time::max() where nothing is awaited.
  [[nodiscard]] base::Time next() const { return next_.value_or(base::Time::max()); }

 private:
  std::optional<base::Time> next_;
  base::Time away_since_{};  // while next_ is set
  std::optional<base::Time> returned_at_;
  base::Duration each_ = kEach;
};

}  // namespace comcat::client
