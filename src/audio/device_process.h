#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <sys/types.h>

#include "comcat/audio/device_info.h"
#include "comcat/base/file_descriptor.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "audio/audio_spec.h"
#include "audio/shared_stream.h"

namespace comcat::audio {

/// The process in which the sound systems' libraries live, and this process's end of it.
///
/// Why        when a sound server goes away, its library may abort the process, spin, wait for
///            minutes or write to the terminal. There it does that to a process which is killed,
///            and the next one begins anew. Samples do not pass through anybody's hands on the way:
///            both sides share each stream's memory (SharedStream).
/// Program    this one, started anew (/proc/self/exe); its main() calls run_device_process() first.
///            In a session of its own, so no key of the terminal reaches it; its input, output and
///            errors are /dev/null. It ends with this process.
/// Threads    any. A request waits for the process, for some seconds at most: one that has not
///            answered by then is given up.
class DeviceProcess {
 public:
  /// The one that somebody holds and that has not ended, or a new one, which sees the devices that
  /// there are now. kFailedPrecondition or kUnavailable with one sentence where there is no sound
  /// system, or none that answers.
  [[nodiscard]] static absl::StatusOr<std::shared_ptr<DeviceProcess>> get();
  /// How long a device may take to open.
  static constexpr std::chrono::seconds kOpenPatience{10};
  /// A new one, which get() has from now on.
  [[nodiscard]] static absl::StatusOr<std::shared_ptr<DeviceProcess>> renew(
      std::chrono::milliseconds open_patience = kOpenPatience);

  ~DeviceProcess();
  DeviceProcess(const DeviceProcess&) = delete;
  DeviceProcess& operator=(const DeviceProcess&) = delete;

  /// What it saw when it began.
  [[nodiscard]] const std::vector<DeviceInfo>& devices() const { return devices_; }

  /// From here on the device moves samples through `memory`, until close(). The stream's number.
  [[nodiscard]] absl::StatusOr<std::uint32_t> open(const DeviceInfo& device, Direction direction,
                                                   const SharedStreamMemory& memory);
  void close(std::uint32_t stream);

  /// Kills it: every stream of it has then ended.
  void give_up();
  /// Whether it has ended, by itself or because it was given up.
  [[nodiscard]] bool gone() const;
  /// The processor's time that it has used so far.
  [[nodiscard]] std::chrono::nanoseconds cpu_time() const;

 private:
  DeviceProcess(pid_t pid, base::FileDescriptor pid_fd, base::FileDescriptor socket);

  static absl::StatusOr<std::shared_ptr<DeviceProcess>> get(
      bool anew, std::chrono::milliseconds open_patience);
  static absl::StatusOr<std::shared_ptr<DeviceProcess>> start();
  absl::Status read_devices();
  /// Sends `request`, and `fd` where it is not -1, and waits for the answer.
  absl::Status ask(const struct DeviceMessage& request, int fd, std::chrono::milliseconds patience);

  const pid_t pid_;
  const base::FileDescriptor pid_fd_;
  base::FileDescriptor socket_;
  std::vector<DeviceInfo> devices_;
  std::chrono::milliseconds open_patience_{kOpenPatience};
  std::atomic<bool> given_up_{false};
  absl::Mutex asking_;  // one request at a time
  std::uint32_t next_stream_ ABSL_GUARDED_BY(asking_) = 0;
};

}  // namespace comcat::audio
