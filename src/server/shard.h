#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include "comcat/base/event.h"
#include "comcat/rpc/completion.h"
#include "comcat/server/admission.h"
#include "comcat/server/hub.h"
#include "comcat/server/metrics.h"

#include "call.h"
#include "health.h"
#include "shared_slices.h"

namespace comcat::server {

/// One thread, one gRPC completion queue and the calls dealt to it. Everything that happens to them
/// is an event of that queue, so nothing inside is locked.
///
/// Threads    start() from the owner once the server has been built; drain() from any thread; the
///            rest from the shard's own.
class Shard final {
 public:
  Shard(const HubOptions& hub, const AdmissionOptions& admission, Metrics& metrics,
        std::unique_ptr<grpc::ServerCompletionQueue> queue, RawService& service,
        HealthService& health, std::function<void(const std::string& peer)> on_admitted);
  ~Shard();

  void start();

  /// Closes every stream with a word of farewell; returns when all have ended, at the latest after
  /// `grace`. Once.
  void drain(std::chrono::milliseconds grace);

  /// Waits for the last call and ends the thread. After grpc::Server::Shutdown().
  void join();

  // For its calls.
  [[nodiscard]] base::Time now() const { return now_; }  // when the running event began
  Hub& hub() { return hub_; }
  Admission& admission() { return admission_; }
  Metrics& metrics() { return metrics_; }
  SharedSlices& slices() { return slices_; }
  void admitted(const std::string& peer) { on_admitted_(peer); }
  [[nodiscard]] const SessionLimits& session_limits() const { return session_limits_; }
  void request(grpc::ServerContext& context,
               grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>& stream,
               rpc::Completion* tag);
  /// Calls call.expire() at `when`; a later call for the same one takes the place of the earlier.
  void expire_at(Call& call, base::Time when);
  void forget(Call& call);
  void call_began() { ++calls_; }
  void call_ended();

 private:
  void run();
  void on_drain(bool ok);
  void on_end(bool ok);
  void end_if_idle();
  void tell_if_drained();
  void expire_due();
  [[nodiscard]] base::Time next_deadline() const;

  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  RawService& service_;
  Metrics& metrics_;
  const SessionLimits session_limits_;
  const std::function<void(const std::string&)> on_admitted_;
  Health health_;
  Hub hub_;
  Admission admission_;
  base::Time now_;
  std::set<std::pair<base::Time, Call*>> deadlines_;
  std::map<Call*, base::Time> deadline_of_;
  SharedSlices slices_;
  std::size_t calls_ = 0;  // accepted and not yet over
  std::chrono::milliseconds drain_grace_{0};
  bool draining_ = false;
  bool ending_ = false;
  base::Event drained_;
  rpc::Operation<Shard> drain_{*this, &Shard::on_drain};
  grpc::Alarm drain_alarm_;
  rpc::Operation<Shard> end_{*this, &Shard::on_end};
  grpc::Alarm end_alarm_;
  std::jthread thread_;
};

}  // namespace comcat::server
