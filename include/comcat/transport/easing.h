#pragma once

#include <chrono>

#include "comcat/base/clock.h"
#include "comcat/datagram/congestion.h"

namespace comcat::transport {

/// How much less than all that it would a speaker sends, so that what is said arrives in time on a
/// way that is too narrow for it: in steps, of which 0 is all of it. What each step means is the
/// encoder's affair.
///
/// Down       a step for each kReaction in which a queue stays long; all steps at once where it is
///            kVeryLong all that time, or grows by kLong in it, as the way is then far too narrow.
///            What a hiccup has queued is gone before.
/// Up         a step after kPatience without a queue, and one more each kClimb; where a step brings
///            the queue back, the patience is doubled, once.
///
/// Threads    one at a time. No clock: `now` is an argument.
class Easing {
 public:
  static constexpr unsigned kSteps = 6;
  static constexpr std::chrono::milliseconds kReaction{300};
  static constexpr std::chrono::milliseconds kLong = datagram::Congestion::kQueue;
  static constexpr std::chrono::milliseconds kVeryLong{200};
  static constexpr std::chrono::seconds kPatience{4};
  static constexpr std::chrono::seconds kClimb{2};

  /// The step for the frame that leaves now, from how long what is sent waits on its way.
  unsigned step(base::Duration queue, base::Time now);

 private:
  void begin(base::Duration queue, base::Time now);
  void ease(base::Duration queue, base::Time now);
  void recover(base::Time now);

  unsigned step_ = 0;
  bool waits_ = false;                            // the queue is long
  base::Duration first_{};                        // of the queue, at `since_`
  base::Duration least_ = base::Duration::max();  // of the queue since then
  base::Time since_{};                            // it is long, or is not
  base::Time raised_at_ = base::Time::min();      // a step up
  base::Duration patience_ = kPatience;
};

}  // namespace comcat::transport
