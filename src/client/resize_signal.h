#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"

namespace comcat::client {

/// SIGWINCH as a file descriptor, and when to draw again after it. SignalWatcher has blocked it in
/// every thread.
///
/// While a window is dragged its size changes many times a second, and the terminal moves all rows
/// each time: whoever counts rows meanwhile counts those of a moment ago (tmux tells of a size up
/// to 250 ms after it has taken it), and wipes what others have said above his own line. So nothing
/// is drawn until the size has stayed for a while, or has changed for long. No clock: `now` is an
/// argument.
/// Threads: one at a time.
class ResizeSignal {
 public:
  static constexpr std::chrono::milliseconds kStays{300};
  static constexpr std::chrono::milliseconds kLongest{5000};

  ResizeSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGWINCH);
    fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// The descriptor can be read: the size has changed.
  void take(base::Time now) {
    signalfd_siginfo info{};
    while (::read(fd_.get(), &info, sizeof info) > 0) {
    }
    if (!until_) latest_ = now + kLongest;
    until_ = std::min(now + kStays, latest_);
  }
  /// Nothing is to be drawn.
  [[nodiscard]] bool goes_on() const { return until_.has_value(); }
  /// True once that is over: all is to be drawn anew.
  [[nodiscard]] bool is_over(base::Time now) {
    if (!until_ || now < *until_) return false;
    until_.reset();
    return true;
  }
  /// How long to wait for a descriptor meanwhile, as poll(2) has it: `other_ms` where it does not
  /// go on; else not for long, as whoever waits is to see that he shall stop.
  [[nodiscard]] int wait_ms(base::Time now, int other_ms) const {
    if (!until_) return other_ms;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until_ - now);
    return std::clamp(static_cast<int>(left.count()), 0, kLookMs);
  }

 private:
  static constexpr int kLookMs = 100;

  base::FileDescriptor fd_;
  std::optional<base::Time> until_;
  base::Time latest_{};
};

}  // namespace comcat::client
