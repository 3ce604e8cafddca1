#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "comcat/base/event.h"
#include "comcat/client/findings.h"
#include "comcat/client/loopback_meter.h"
#include "comcat/client/options.h"
#include "comcat/transport/voice_stream.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// Enters a room of its own on a server, where it meets nobody, sends a tone for two seconds and
/// hears it again.
///
/// Threads    one calls measure(), once, and waits for it: some 3 s once the server has answered.
class ServerProbe final : private transport::StreamHandler {
 public:
  explicit ServerProbe(const ClientOptions& options);
  ~ServerProbe() override;

  [[nodiscard]] ServerMeasures measure();

 private:
  // ---- StreamHandler, from the stream's threads
  void on_welcome(wire::Welcome welcome, const base::Address& from) override;
  void on_voice(wire::VoicePackets frames, wire::Via via) override;
  void on_path() override {}
  void on_outcome(wire::Outcome outcome) override;
  void on_event(wire::Event /*event*/) override {}
  void on_notice(std::string sentence) override;
  void on_interrupted(transport::Failure failure) override;
  void on_closed(std::optional<transport::Failure> failure) override;

  void ask();
  void speak(ServerMeasures& out);
  void fail(transport::Failure failure);

  const ClientOptions options_;
  base::Event welcomed_;  // or closed
  base::Event closed_;
  LoopbackMeter loopback_;
  std::atomic<std::size_t> returned_frames_{0};
  absl::Mutex mutex_;
  ServerMeasures measured_ ABSL_GUARDED_BY(mutex_);
  base::Time asked_at_ ABSL_GUARDED_BY(mutex_){};
  std::unique_ptr<transport::VoiceStream> stream_;
};

}  // namespace comcat::client
