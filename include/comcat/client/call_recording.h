#pragma once

#include <functional>
#include <memory>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/recording/call_recorder.h"
#include "comcat/wire/voice_packet.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// The recording of a call while there is one: what others say and what the user says.
///
/// Threads    hear() and speak() from any thread, of which none waits for the disk; the rest from
///            the owner's, and stop() waits until the files are complete.
class CallRecording {
 public:
  /// `on_failure` is CallRecorder's.
  [[nodiscard]] absl::Status start(const std::string& directory,
                                   std::function<void(std::string)> on_failure);
  void stop();

  void name_track(wire::SessionNumber speaker, const std::string& name);
  /// Which session is the user's.
  void set_self(wire::SessionNumber self);

  /// What the user hears of himself is passed over: speak() has had it.
  void hear(const wire::VoicePackets& packets, base::Time now);
  void speak(const wire::VoicePacket& packet, base::Time now);

 private:
  absl::Mutex mutex_;
  std::unique_ptr<recording::CallRecorder> recorder_ ABSL_GUARDED_BY(mutex_);  // null: none
  wire::SessionNumber self_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace comcat::client
