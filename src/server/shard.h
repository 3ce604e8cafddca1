#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "comcat/base/event.h"
#include "comcat/rpc/completion.h"
#include "comcat/rpc/inbox.h"
#include "comcat/server/admission.h"
#include "comcat/server/doorman.h"
#include "comcat/server/guest_table.h"
#include "comcat/server/hub.h"
#include "comcat/server/metrics.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "call.h"
#include "datagram_paths.h"
#include "health.h"
#include "shared_slices.h"

namespace comcat::server {

/// One gRPC completion queue, the calls dealt to it, and the thread that waits for it. Everything
/// that happens to them is an event, of that queue or of datagrams, and one event is over before
/// the next begins, so nothing inside is locked. Other threads speak to it by post().
///
/// `datagrams`, where there are some, outlive it.
///
/// Threads    start(), drain() and join() from the owner, in this order, once the server has been
///            built; post() from any; take_datagrams() from the one that receives them, whose event
///            it is then; the rest from within events.
class Shard final {
 public:
  Shard(const HubOptions& hub, const AdmissionOptions& admission, Metrics& metrics,
        std::unique_ptr<grpc::ServerCompletionQueue> queue, RawService& service,
        HealthService& health, GuestTable& guests, Doorman& doorman, DatagramPaths* datagrams);
  ~Shard();

  void start();

  /// Has `task` run on the shard's thread, after all that was posted before it; see rpc::Inbox for
  /// what a wake-up costs. Once the shard has ended, tasks are destroyed without being run.
  void post(rpc::Inbox::Task task) { inbox_.post(std::move(task)); }

  /// Closes every stream with a word of farewell; returns when all have ended, at the latest after
  /// `grace`. Once.
  void drain(std::chrono::milliseconds grace);

  /// Waits for the last call and ends the thread. After grpc::Server::Shutdown().
  void join();

  /// Datagrams of its callers have arrived: an event of the calling thread's, as waking the shard's
  /// costs more than what a frame asks for; while an event of that one is under way, they are
  /// posted to it. Whether `batch` was empty or not, it is afterwards of no use. Tells when it is
  /// to be called again for what is due, be it without datagrams. Not after join(); there are
  /// `datagrams`.
  [[nodiscard]] base::Time take_datagrams(std::vector<ArrivedDatagram>& batch);

  // For its calls.
  [[nodiscard]] base::Time now() const { return now_; }  // when the running event began
  Hub& hub() { return hub_; }
  Admission& admission() { return admission_; }
  Metrics& metrics() { return metrics_; }
  SharedSlices& slices() { return slices_; }
  GuestTable& guests() { return guests_; }
  Doorman& doorman() { return doorman_; }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] const CallerLimits& caller_limits() const { return caller_limits_; }
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
  void hear(const std::vector<ArrivedDatagram>& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  /// What follows each event, whatever it was.
  void end_event() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  void begin_drain(std::chrono::milliseconds grace);
  void end_if_idle();
  void tell_if_drained();
  void expire_due();
  [[nodiscard]] base::Time next_deadline() const;

  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  rpc::Inbox inbox_{*queue_};
  RawService& service_;
  Metrics& metrics_;
  const CallerLimits caller_limits_;
  GuestTable& guests_;
  Doorman& doorman_;
  DatagramPaths* const datagrams_;  // null: there are none
  Health health_;
  Admission admission_;
  Hub hub_;
  absl::Mutex turn_;                               // whoever runs an event has it
  base::Time waits_until_ ABSL_GUARDED_BY(turn_);  // the shard's thread, at most
  std::atomic<int> posted_batches_{0};             // of datagrams; later ones come after them
  base::Time now_;
  std::set<std::pair<base::Time, Call*>> deadlines_;
  std::map<Call*, base::Time> deadline_of_;
  SharedSlices slices_;
  std::size_t calls_ = 0;  // accepted and not yet over
  bool draining_ = false;
  bool ending_ = false;
  base::Event drained_;
  std::jthread thread_;
};

}  // namespace comcat::server
