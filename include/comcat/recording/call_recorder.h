#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/recording/call_tracks.h"
#include "comcat/wire/voice_packet.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::recording {

/// Records a call while it lasts: CallTracks on a thread of its own, so that nobody who hears or
/// speaks waits for a disk.
///
/// Threads    any; nothing but the destructor waits.
/// Queue      kMostWaiting packets, some 20 s of sixteen speakers; where the disk is slower than
///            that, the recording ends, since one with holes would be worse than one that says so.
class CallRecorder {
 public:
  static constexpr std::size_t kMostWaiting = 16'384;

  /// Begins at once. `on_failure` gets one sentence, from that thread, where the recording ends
  /// early; it may post but not call back.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<CallRecorder>> create(
      const std::string& directory, std::function<void(std::string)> on_failure);
  /// Completes the files.
  ~CallRecorder();
  CallRecorder(const CallRecorder&) = delete;
  CallRecorder& operator=(const CallRecorder&) = delete;

  void set_name(wire::SessionNumber session, const std::string& name);
  /// Each packet's speaker is the session that said it.
  void receive(const wire::VoicePackets& packets, base::Time now);

 private:
  struct Named {
    wire::SessionNumber session = 0;
    std::string name;
  };
  struct Received {
    wire::VoicePacket packet;
    base::Time at{};
  };
  using Item = std::variant<Named, Received>;

  CallRecorder(CallTracks tracks, std::function<void(std::string)> on_failure);

  void put(Item item);
  [[nodiscard]] std::vector<Item> take();
  [[nodiscard]] std::int64_t samples_at(base::Time time) const;
  void record_until(const std::stop_token& stop);
  void record(const std::vector<Item>& items);
  void check(const absl::Status& status);

  const base::Time began_;
  const std::function<void(std::string)> on_failure_;
  absl::Mutex mutex_;
  std::vector<Item> waiting_ ABSL_GUARDED_BY(mutex_);
  bool overflowed_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // Of the recording thread, until it has ended.
  CallTracks tracks_;
  bool failed_ = false;
  std::jthread thread_;
};

}  // namespace comcat::recording
