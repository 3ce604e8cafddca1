#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// When each of those who are to go to other servers goes: one after the other, spread over some
/// time, so that the others are not asked for all at once.
/// Threads: one. Time: the caller's.
class MovingOut {
 public:
  void begin(std::vector<wire::SessionNumber> all, std::chrono::milliseconds over, base::Time now);

  /// Who is to go now; nothing where nobody is. To be asked again.
  [[nodiscard]] std::optional<wire::SessionNumber> next(base::Time now);
  /// Time::max() where all have gone, or none are to.
  [[nodiscard]] base::Time next_deadline() const;
  /// When it began; nothing before.
  [[nodiscard]] std::optional<base::Time> began() const { return began_; }

 private:
  std::vector<wire::SessionNumber> all_;
  std::size_t gone_ = 0;
  base::Duration over_{};
  std::optional<base::Time> began_;
};

}  // namespace comcat::server
