#pragma once

namespace comcat::base {

/// How many threads have asked for the system's real-time priority so far, and how many got it.
struct RealtimeThreads {
  int asked = 0;
  int granted = 0;
};

/// Gives the calling thread real-time priority (SCHED_FIFO, the lowest but few; one that has more
/// keeps it), so that it runs at once when it is due, however busy the machine is. Threads that it
/// starts do not inherit it. Where the system does not grant it (RLIMIT_RTPRIO, `ulimit -r`)
/// nothing changes. Only for threads that compute little and then wait.
/// Threads: any.
bool ask_for_realtime_priority();

/// Threads: any.
[[nodiscard]] RealtimeThreads realtime_threads();

}  // namespace comcat::base
