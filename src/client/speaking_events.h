#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/client/talkers.h"

namespace comcat::client {

/// Who begins and who ends to speak, as events for programs: at most kMostASecond. What there is no
/// room for waits, and is never told where it is over by then.
///
/// Threads    one. No clock.
class SpeakingEvents {
 public:
  static constexpr std::size_t kMostASecond = 10;

  struct Change {
    wire::SessionNumber session = 0;
    bool speaks = false;
  };

  /// What is to be told now, with those who talk now.
  [[nodiscard]] std::vector<Change> step(const std::vector<Talkers::Talker>& talking,
                                         base::Time now);
  /// When what waits may be told; Time::max() where nothing waits.
  [[nodiscard]] base::Time next_deadline() const;
  /// Somebody left, which ends it untold.
  void remove(wire::SessionNumber session);

 private:
  [[nodiscard]] bool may_tell(base::Time now);
  [[nodiscard]] std::optional<Change> next_change(
      const std::vector<Talkers::Talker>& talking) const;

  std::deque<wire::SessionNumber> told_;  // that they speak, the first first
  std::deque<base::Time> told_at_;        // within the last second
  bool waits_ = false;
};

}  // namespace comcat::client
