#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"

namespace comcat::datagram {

/// The share of datagrams that has been lost lately, from the peer's reports: what was sent and has
/// not arrived, though later ones have. Disorder evens out within the window.
///
/// Threads    one at a time.
class LossWindow {
 public:
  static constexpr std::chrono::seconds kSpan{3};
  static constexpr std::size_t kMostReports = 64;  // kept; older ones are closer together then
  static constexpr std::uint64_t kFewestDatagrams = 10;

  /// A report with a higher `highest` than the last came at `now`.
  void add(const Report& report, base::Time now);
  /// What came before counts no longer.
  void clear();

  /// Of the datagrams of the last kSpan, 0 to 1; 0 where there were too few.
  [[nodiscard]] double loss() const { return loss_; }
  /// True where loss() is of the whole of kSpan.
  [[nodiscard]] bool is_full() const;

 private:
  struct Told {
    Report report;
    base::Time when;
  };

  [[nodiscard]] double reckon() const;

  double loss_ = 0;            // asked for with each frame
  std::vector<Told> reports_;  // the oldest is the last that came kSpan ago or earlier
};

}  // namespace comcat::datagram
