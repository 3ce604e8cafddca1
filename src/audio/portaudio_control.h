#pragma once

#include <chrono>
#include <functional>

#include "absl/status/status.h"

namespace comcat::audio {

/// Runs `work` on the one thread of this process that calls PortAudio's control functions, and
/// waits for its result for at most `timeout`.
///
/// Why        PortAudio's control functions may not overlap, and with a sound server that has died
///            they can block for minutes (its JACK part waits 10).
/// Errors     whatever `work` returns; kUnavailable with one sentence where it took too long. After
///            that PortAudio is given up in this process: every later call says the same at once.
///            Work that timed out may still be running: it owns all that it touches.
/// Threads    any but the control thread itself. It is started by the first call.
[[nodiscard]] absl::Status on_portaudio_thread(std::function<absl::Status()> work,
                                               std::chrono::milliseconds timeout);

/// Sends stderr to /dev/null while it lives: for the calls in which PortAudio, JACK and ALSA chat.
/// Only for work on the control thread, one at a time; the rest of the process should log little
/// meanwhile. Work that takes too long loses it: stderr is back once its caller is told.
class QuietStderr {
 public:
  QuietStderr();
  ~QuietStderr();
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;
};

}  // namespace comcat::audio
