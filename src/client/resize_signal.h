#pragma once

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"

namespace comcat::client {

/// SIGWINCH as a file descriptor. SignalWatcher has blocked it in every thread.
/// Threads: one at a time.
class ResizeSignal {
 public:
  ResizeSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGWINCH);
    fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  [[nodiscard]] int fd() const { return fd_.get(); }
  void clear() const {
    signalfd_siginfo info{};
    while (::read(fd_.get(), &info, sizeof info) > 0) {
    }
  }

 private:
  base::FileDescriptor fd_;
};

}  // namespace comcat::client
