#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"

namespace comcat::datagram {

/// What of the datagrams that have left the peer has proven to have. Threads: one at a time.
class Evidence {
 public:
  /// One with this counter has left. `asks` for proof: voice, and probes; what itself answers does
  /// not, so that a way is not doubted because nobody answers answers.
  void sent(std::uint64_t counter, bool asks, base::Time now);

  /// The peer's report. False where it says nothing new, or what cannot be.
  [[nodiscard]] bool told(const Report& report, base::Time now);

  /// What has left until `now` proves nothing any more of the way that is taken now.
  void doubt(base::Time now);

  /// True where the newest report proves what has left since doubt().
  [[nodiscard]] bool proves() const { return told_ > doubted_; }
  /// How many have left that ask for proof and are not proven; at most, where some are on the way.
  [[nodiscard]] std::uint64_t unproven() const { return unproven_; }
  /// Since when those wait, where there are any: the newest report, or as long after the first of
  /// them left as it may be on the way, if that is earlier. A report proves what has come, be it
  /// that nothing has since. In a queue it may be on the way for longer: for what it took to prove
  /// those of the last two reports, each.
  [[nodiscard]] base::Time since() const { return since_; }

 private:
  static constexpr std::chrono::milliseconds kOnTheWay{100};
  static constexpr std::chrono::milliseconds kMarkGap{60};
  static constexpr std::size_t kMarks = 16;  // about a second

  /// When one that asks left.
  struct Mark {
    std::uint64_t left = 0;
    base::Time at{};
  };
  void mark(base::Time now);
  void unmark(base::Time now);

  // Each one more than a counter, as in Report.
  std::uint64_t left_ = 0;
  std::uint64_t asked_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t doubted_ = 0;
  std::uint64_t unproven_ = 0;
  base::Time since_{};
  std::array<Mark, kMarks>
      marks_{};  // of those that are not proven: the oldest, and some later ones
  std::size_t marked_ = 0;
  std::array<base::Duration, 2> took_{};  // until what left was proven, of the last two reports
};

}  // namespace comcat::datagram
