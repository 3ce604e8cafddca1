#pragma once

#include <string>

#include "support/process.h"

namespace comcat::testing {

/// The wall clock of a program, in the test's hands (libfaketime); the monotonic one goes on.
///
/// The kernel's own is not moved along, and what waits on that (Abseil's timeouts, and so gRPC's
/// timers) ends at once or a day late: what a real jump does to waits that have begun, this does to
/// all.
class WallClock {
 public:
  WallClock() { jump("+0d"); }

  /// Why there can be none here; "" where there can.
  [[nodiscard]] static std::string missing();

  /// From now on the clock is that far from the real one: "+1d", "-1d".
  void jump(const std::string& offset) const;

  /// For a program that has this clock.
  [[nodiscard]] Process::Options options() const;

 private:
  [[nodiscard]] std::string file() const { return directory_.path() + "/clock"; }
  const TemporaryDirectory directory_;
};

}  // namespace comcat::testing

#define COMCAT_NEEDS_WALL_CLOCK()                                                  \
  if (const std::string why = comcat::testing::WallClock::missing(); !why.empty()) \
  GTEST_SKIP() << why
