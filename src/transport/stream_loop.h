#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "comcat/rpc/inbox.h"
#include "comcat/transport/stream_course.h"
#include "comcat/transport/voice_stream.h"

#include "absl/synchronization/mutex.h"
#include "acknowledgements.h"
#include "grpc_call.h"
#include "stream_inbox.h"
#include "voice_ways.h"

namespace comcat::transport {

/// The thread of a VoiceStream and all that is gRPC's. Tells the course what happens, each an event
/// of one completion queue or the passing of the course's deadline, and does what it answers;
/// decides nothing itself.
/// Threads    as marked below; the handlers of GrpcCall on its own.
class VoiceStream::Loop final : public GrpcCall::Handler {
 public:
  Loop(const Options& options, StreamHandler& handler);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // ---- from any thread
  void start();
  [[nodiscard]] StreamInbox& inbox() { return inbox_; }
  [[nodiscard]] VoiceWays& ways() { return ways_; }
  [[nodiscard]] Stats stats() const;

 private:
  /// Does what the course wants done.
  struct Doer;

  // ---- from the thread alone
  void run();
  void on_started(bool ok) override;
  void on_headers() override;
  void on_read(bool ok) override;
  void on_written(bool ok) override;
  void on_ended() override;
  void on_wake();
  void on_message();
  void hand_on(wire::Response response);
  void acknowledge();
  void write_next();
  void write_proof();
  void give_notices();
  [[nodiscard]] GrpcCall::Options call_options(const Destination& to);
  void shut_queue();

  void perform(StreamCourse::Action action);
  /// The one way to change call_: others may cut it meanwhile.
  std::unique_ptr<GrpcCall> exchange_call(std::unique_ptr<GrpcCall> next);

  const Options options_;
  const std::optional<base::SigningKey> key_;
  StreamHandler& handler_;  // the owner's
  grpc::CompletionQueue events_;
  rpc::Inbox tasks_;
  StreamInbox inbox_;
  VoiceWays ways_;
  std::atomic<std::uint64_t> malformed_{0};

  // The thread's own.
  StreamCourse course_;
  /// Of the call that is under way, or was last; null: plaintext.
  std::shared_ptr<CertificateJudge> judge_;
  /// Of the servers that the user named: they remember what they could not write.
  std::map<std::string, std::shared_ptr<CertificateJudge>> judges_;
  Acknowledgements acknowledgements_;
  /// Null: none is under way. Only the thread changes it, and under the lock; only cut() is for
  /// others.
  std::unique_ptr<GrpcCall> call_;
  absl::Mutex cut_mutex_;
  std::string proof_;  // of the hello, to be written; empty: none
  base::Time now_;     // when the running event began

  std::jthread thread_;
};

}  // namespace comcat::transport
