#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/client/statistics.h"
#include "comcat/client/talkers.h"

namespace comcat::client {

/// Whether so much of late is lost that one hears it: more than kLossyPercent in kWindow.
/// Threads: one. No clock.
class LossWatch {
 public:
  static constexpr std::chrono::seconds kWindow{5};
  static constexpr std::uint64_t kLossyPercent = 3;

  /// What was lost of a whole, both since the start, in any unit. Figures that fall (a speaker has
  /// gone, and his with him) begin anew.
  void note(std::uint64_t lost, std::uint64_t whole, base::Time now);
  [[nodiscard]] bool lossy(base::Time now) const;

 private:
  struct Seen {
    std::uint64_t lost = 0;
    std::uint64_t whole = 0;
    base::Time at{};
  };
  std::deque<Seen> seen_;
};

/// What the status line says of the call's sound, from figures that are taken once a second while
/// somebody talks: gathering them costs the loudspeaker's lock.
/// Threads: one. No clock.
class CallQuality {
 public:
  static constexpr std::chrono::seconds kEvery{1};

  [[nodiscard]] bool is_due(base::Time now) const { return now >= last_ + kEvery; }
  void note(const Statistics& statistics, const std::vector<Talkers::Talker>& talking,
            base::Time now);

  [[nodiscard]] bool lossy(base::Time now) const { return up_.lossy(now) || down_.lossy(now); }
  /// The slowest talker's delay, in steps of 10 ms.
  [[nodiscard]] std::optional<std::chrono::milliseconds> playout() const { return playout_; }

 private:
  LossWatch up_;
  LossWatch down_;
  std::optional<std::chrono::milliseconds> playout_;
  base::Time last_{};
};

}  // namespace comcat::client
