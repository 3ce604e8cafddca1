#pragma once

#include <functional>
#include <thread>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/wake_event.h"

namespace comcat::client {

/// SIGINT, SIGTERM and SIGHUP (the terminal was closed; unless it is ignored, as under nohup) as
/// calls: the first is `on_stop`, a further SIGINT or SIGTERM `on_hurry`, which should not return.
/// Before the first, a SIGINT that is the key Ctrl+C is `on_key`, and no more where that says true.
///
/// Threads    one of its own, which makes the calls. Construct it before any other thread starts:
///            the signals, and SIGWINCH, are blocked in that thread and in every one that it
///            starts.
class SignalWatcher {
 public:
  struct Handler {
    std::function<bool()> on_key;
    std::function<void()> on_stop;
    std::function<void()> on_hurry;
  };

  explicit SignalWatcher(Handler handler);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  void run();

  const Handler handler_;
  base::WakeEvent wake_;
  base::FileDescriptor signal_fd_;
  std::thread thread_;
};

}  // namespace comcat::client
