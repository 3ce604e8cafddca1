#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <grpcpp/alarm.h>

#include "comcat/rpc/completion.h"
#include "comcat/transport/reconnect.h"
#include "comcat/transport/voice_stream.h"
#include "comcat/wire/convert.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpc_call.h"

namespace comcat::transport {

/// The thread of a VoiceStream and everything it owns. All that happens is an event of one
/// completion queue, or the passing of `deadline_`.
class VoiceStream::Loop final : public GrpcCall::Handler {
 public:
  Loop(Options options, StreamHandler& handler);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // ---- from any thread
  void start();
  void send_voice(const wire::VoicePacket& frame);
  [[nodiscard]] absl::Status send(const wire::Command& command);
  void set_room(const std::string& room);
  void leave();
  [[nodiscard]] Stats stats() const;

 private:
  enum class Phase { kConnecting, kEstablished, kWaiting, kClosed };

  /// Makes the thread look at the queue and the requests.
  void wake();

  // ---- from the thread alone
  void run();
  void connect(base::Time now);
  void on_started(bool ok) override;
  void on_read(bool ok) override;
  void on_written(bool ok) override;
  void on_ended() override;
  void on_wake(bool ok);
  void on_deadline(base::Time now);
  void on_message(base::Time now);
  void on_welcome(wire::Welcome welcome, base::Time now);
  [[nodiscard]] Failure failure_of_ended_call() const;
  void write_next(base::Time now);
  void give_notices();
  void close(std::optional<Failure> failure);
  void shut_queue();

  Options options_;
  StreamHandler& handler_;  // the owner's
  const std::shared_ptr<CertificateJudge> judge_;
  SendQueue queue_;
  std::atomic<bool> connected_{false};
  std::atomic<std::uint64_t> received_frames_{0};
  std::atomic<std::uint64_t> unsent_frames_{0};
  std::atomic<std::uint64_t> malformed_messages_{0};

  // Begun under the mutex, while no wake-up is pending.
  rpc::Operation<Loop> woken_{*this, &Loop::on_wake};

  mutable absl::Mutex mutex_;
  grpc::Alarm alarm_ ABSL_GUARDED_BY(mutex_);
  bool wake_pending_ ABSL_GUARDED_BY(mutex_) = false;
  bool queue_open_ ABSL_GUARDED_BY(mutex_) = true;
  bool leave_requested_ ABSL_GUARDED_BY(mutex_) = false;
  bool abort_requested_ ABSL_GUARDED_BY(mutex_) = false;
  std::string room_ ABSL_GUARDED_BY(mutex_);

  // The thread's own.
  grpc::CompletionQueue events_;
  Reconnect reconnect_;
  std::unique_ptr<GrpcCall> call_;
  base::Time now_;  // when the running event began
  Phase phase_ = Phase::kWaiting;
  base::Time deadline_ = base::Time::max();
  std::string resume_key_;
  bool timed_out_ = false;
  bool foreign_ = false;  // what answers is not comcat
  bool leaving_ = false;
  bool half_closed_ = false;

  std::jthread thread_;
};

}  // namespace comcat::transport
