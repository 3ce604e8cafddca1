#pragma once

#include <chrono>
#include <cstdint>

#include <sys/types.h>

#include "absl/status/statusor.h"

namespace comcat::load {

/// What a process has used so far and holds now. Threads: a plain value, read on any.
struct ProcessUsage {
  std::chrono::nanoseconds cpu{0};  // user and system, of all its threads, ended ones too
  std::uint64_t waits = 0;          // voluntary context switches of the threads there are
  std::uint64_t preemptions = 0;    // involuntary ones
  std::uint64_t threads = 0;
  std::uint64_t resident_kib = 0;
  std::uint64_t anonymous_kib = 0;  // heap and stacks: what more of it costs the machine. Memory of
                                    // the kernel (socket buffers) is not in it.

  /// kNotFound where there is no such process; kFailedPrecondition where its memory map may not be
  /// read (another user's process).
  [[nodiscard]] static absl::StatusOr<ProcessUsage> of(pid_t pid);
};

}  // namespace comcat::load
