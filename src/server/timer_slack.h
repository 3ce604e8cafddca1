#pragma once

#include <chrono>

#include <sys/prctl.h>

namespace comcat::server {

/// While it lives, the thread that made it, and for good each that is begun by it or by those, may
/// wake so much later than it asked to: what is due within that time is one wake-up.
/// Threads: the one that made it.
class TimerSlack {
 public:
  explicit TimerSlack(std::chrono::nanoseconds slack) {
    ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack.count()), 0, 0, 0);
  }
  ~TimerSlack() { ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(before_), 0, 0, 0); }
  TimerSlack(const TimerSlack&) = delete;
  TimerSlack& operator=(const TimerSlack&) = delete;

 private:
  const int before_ = ::prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
};

}  // namespace comcat::server
