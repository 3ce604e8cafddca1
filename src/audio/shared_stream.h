#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"
#include "comcat/base/realtime.h"
#include "comcat/base/semaphore.h"

#include "absl/status/statusor.h"
#include "audio/shared_ring.h"

namespace comcat::audio {

/// How a device has behaved since its stream opened. Written by the sound system's threads, read by
/// whoever watches.
struct DeviceCounters {
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> xruns{0};      // the device said that it lost samples
  std::atomic<std::uint64_t> requested{0};  // samples asked for or delivered, at 48 kHz
  std::atomic<std::uint64_t> missed{0};     // of those, what the ring had not, or had no room for
  std::atomic<std::int64_t> delay_us{0};    // from the microphone, to the loudspeaker
  std::atomic<std::int64_t> counted_delay_us{0};  // as Source::counted_delay() has it
  std::atomic<bool> finished{false};              // the device said that it is done
};

/// One time that a device has taken samples to play.
struct DeviceTurn {
  base::Time at;
  std::uint32_t samples = 0;
  std::uint64_t taken = 0;   // out of the ring, since the stream opened
  std::uint64_t missed = 0;  // likewise: there was nothing in it
};

/// What comcat and the process that plays or captures for it share about one stream: samples at 48
/// kHz, mono, and a semaphore that the device's side posts after each turn.
///
/// Threads    one of each process; see SharedRing.
class SharedStream {
 public:
  SharedStream() = default;
  SharedStream(const SharedStream&) = delete;
  SharedStream& operator=(const SharedStream&) = delete;

  /// The device's side: there is something to do. Never waits.
  void post() COMCAT_REALTIME { moved_.post(); }
  /// Waits for post() for at most `patience`, and takes all that were posted.
  void wait(std::chrono::nanoseconds patience) { moved_.wait(patience); }

  SharedRing<float, 16'384> ring;  // samples, 341 ms of them
  SharedRing<DeviceTurn, 256>
      turns;  // of a playing device; those that nobody has read are left out
  DeviceCounters counters;

 private:
  base::Semaphore moved_{base::Semaphore::Reach::kShared};
};

/// Memory with a SharedStream in it, which another process can map by its descriptor.
class SharedStreamMemory {
 public:
  /// A new one; kResourceExhausted where the system has no memory or descriptors.
  [[nodiscard]] static absl::StatusOr<SharedStreamMemory> create();
  /// The one that another process has created.
  [[nodiscard]] static absl::StatusOr<SharedStreamMemory> attach(base::FileDescriptor fd);

  SharedStreamMemory(SharedStreamMemory&& other) noexcept;
  SharedStreamMemory& operator=(SharedStreamMemory&&) = delete;
  ~SharedStreamMemory();

  [[nodiscard]] SharedStream& operator*() const { return *stream_; }
  [[nodiscard]] SharedStream* operator->() const { return stream_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  SharedStreamMemory(base::FileDescriptor fd, SharedStream* stream)
      : fd_(std::move(fd)), stream_(stream) {}

  base::FileDescriptor fd_;
  SharedStream* stream_;
};

}  // namespace comcat::audio
