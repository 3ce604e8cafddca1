#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "comcat/base/clock.h"

namespace comcat::server {

/// Addresses of which connections were cut for what callers did with them: newcomers from there go
/// in one at a time, with a gap between them that doubles with each cut, and halves again with
/// time.
///
/// Capacity   kMostAddresses; beyond that the one that is slowed least is forgotten.
/// Threads    one at a time.
class Slowdown {
 public:
  static constexpr std::size_t kMostAddresses = 1000;
  static constexpr std::chrono::milliseconds kFirstGap{250};
  static constexpr std::chrono::milliseconds kMaxGap{2000};
  static constexpr std::chrono::seconds kHalfLife{30};

  /// A connection from `address` has been cut. The gap from now on.
  std::chrono::milliseconds slow(const std::string& address, base::Time now);

  /// True where a newcomer from `address` may go in, who is then to do so.
  [[nodiscard]] bool turn(const std::string& address, base::Time now);

  [[nodiscard]] std::size_t size() const { return slowed_.size(); }

 private:
  struct Slowed {
    std::chrono::milliseconds gap{0};
    base::Time since{};  // when the gap was last doubled or halved
    base::Time next{};   // when the next newcomer may go in
  };

  /// Halves the gap as often as its time has come; false where none is left.
  [[nodiscard]] static bool is_slow(Slowed& slowed, base::Time now);
  void make_room(base::Time now);

  std::map<std::string, Slowed> slowed_;
};

}  // namespace comcat::server
