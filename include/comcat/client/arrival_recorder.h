#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/client/arrival_log.h"
#include "comcat/wire/voice_packet.h"

#include "absl/status/statusor.h"

namespace comcat::client {

/// Writes when the packets of a call come into a file, for comcat-playout-bench: what a network
/// does, without a word of what was said.
///
/// Threads    receive() from whoever receives voice, one at a time, which never waits for the disk;
///            the rest from the owner's. A thread of its own writes.
/// Queue      kMostWaiting arrivals; when it is full, the recording ends, since a trace with holes
///            would look like loss.
class ArrivalRecorder {
 public:
  static constexpr std::size_t kMostWaiting = 16'384;

  /// Creates the file, which must not exist. `on_failure` gets one sentence, from that thread,
  /// where the recording ends early; it may post but not call back.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<ArrivalRecorder>> create(
      const std::string& path, std::function<void(std::string)> on_failure);
  /// Completes the file, or removes it where nothing came.
  ~ArrivalRecorder();
  ArrivalRecorder(const ArrivalRecorder&) = delete;
  ArrivalRecorder& operator=(const ArrivalRecorder&) = delete;

  void receive(const wire::VoicePackets& packets, base::Time now);

 private:
  ArrivalRecorder(std::string path, base::FileDescriptor file,
                  std::function<void(std::string)> on_failure);

  void write_until(const std::stop_token& stop);
  void write(const std::string& lines);
  void fail(const std::string& why);

  const std::string path_;
  const base::FileDescriptor file_;
  const std::function<void(std::string)> on_failure_;
  base::SpscRing<PacketArrival> waiting_{kMostWaiting};
  std::atomic<bool> overflowed_{false};
  // Of the writing thread, until it has ended.
  ArrivalLog log_;
  bool written_ = false;
  bool failed_ = false;
  std::jthread thread_;
};

}  // namespace comcat::client
