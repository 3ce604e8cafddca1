#pragma once

#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::testing {

/// Notices that the machine left this process alone: a thread of its own wants to run every 5 ms
/// and remembers by how much it was late. What runs in real time beside it was left alone as well.
///
/// Threads    longest() from any.
class AbsenceWatch {
 public:
  AbsenceWatch();
  ~AbsenceWatch();

  /// The longest that it waited beyond a deadline of its own, so far.
  [[nodiscard]] base::Duration longest() const;

 private:
  void watch();

  mutable absl::Mutex mutex_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  base::Duration longest_ ABSL_GUARDED_BY(mutex_){};
  std::thread thread_;
};

/// What came of an attempt: what was wrong, or "".
struct Outcome {
  // NOLINTNEXTLINE(google-explicit-constructor)
  Outcome(std::string what_was_wrong, std::string sign_of_absence = "")
      : wrong(std::move(what_was_wrong)), away(std::move(sign_of_absence)) {}

  std::string wrong;
  std::string away;  // a sign of its own that the machine was away, as a sound card's; "" for none
};

/// Runs `attempt`. Where something was wrong, and the machine was away meanwhile (for kAway or
/// more, or by the attempt's own sign), it is printed and tried again, as long as another attempt
/// has its end within kPatience; for no other reason. The last complaint fails the test.
void expect_right(const std::function<Outcome()>& attempt);

}  // namespace comcat::testing
