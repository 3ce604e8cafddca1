#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>

#include "comcat/base/clock.h"

#include "support/link_conditions.h"

namespace comcat::testing {

/// One direction of a link: decides what becomes of each packet that enters it.
///
/// The same seed, packets and times give the same fates.
/// Threads    one at a time. No clock, no network: `now` is an argument.
class LinkModel {
 public:
  struct Fate {
    std::optional<base::Time> arrives;        // nothing: it is lost
    std::optional<base::Time> arrives_again;  // a duplicate
  };
  struct Counts {
    std::uint64_t entered = 0;
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
  };

  explicit LinkModel(std::uint64_t seed) : random_(seed) {}

  void set(const LinkConditions& conditions) { conditions_ = conditions; }
  [[nodiscard]] const LinkConditions& conditions() const { return conditions_; }

  /// A packet of so many bytes enters at `now`, which never goes back.
  [[nodiscard]] Fate enter(std::size_t bytes, bool udp, base::Time now);

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  [[nodiscard]] bool chance(double share);
  [[nodiscard]] bool stopped(bool udp) const;
  [[nodiscard]] bool lost_by_chance();
  /// When its last bit is on the line; nothing where the queue is full.
  [[nodiscard]] std::optional<base::Time> sent(std::size_t bytes, base::Time now);
  [[nodiscard]] base::Time arrival(base::Time sent);

  LinkConditions conditions_;
  std::mt19937_64 random_;
  bool in_burst_ = false;
  base::Time busy_until_{};    // with what was sent before
  base::Time last_arrival_{};  // of what was not held back
  Counts counts_;
};

}  // namespace comcat::testing
