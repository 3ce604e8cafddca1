#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::server {

/// Whether this machine has processor time to spare. Where it has none, who is slow may be kept
/// waiting by it, and is judged more mildly.
///
/// Threads    one at a time.
class SpareTime {
 public:
  /// Of all processors together, in the system's ticks.
  struct Reading {
    std::uint64_t idle = 0;
    std::uint64_t all = 0;
  };
  /// What has passed since this machine was started; nothing where the system does not tell.
  [[nodiscard]] static std::optional<Reading> now();

  /// True where it is to be looked at again.
  [[nodiscard]] bool due(base::Time now) const { return now >= next_; }
  void look(const std::optional<Reading>& reading, base::Time now);
  /// True where there was none within the last second, or nobody has looked for long.
  [[nodiscard]] bool scarce(base::Time now) const { return now < scarce_until_; }

 private:
  std::optional<Reading> last_;
  base::Time looked_{};
  base::Time next_{};
  base::Time scarce_until_{};
};

}  // namespace comcat::server
