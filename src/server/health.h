#pragma once

#include <chrono>
#include <set>

#include <grpcpp/grpcpp.h>

#include "comcat/base/clock.h"
#include "comcat/server/guest_table.h"

#include "address_shares.h"
#include "health.grpc.pb.h"

namespace comcat::server {

using HealthService = grpc::health::v1::Health::WithAsyncMethod_Check<
    grpc::health::v1::Health::WithAsyncMethod_Watch<grpc::health::v1::Health::Service>>;

/// grpc.health.v1 on a completion queue: SERVING until drain(), NOT_SERVING after it. (gRPC's own
/// implementation would add the threads of its callback API to the server.)
///
/// Threads    the shard's, whose loop completes its operations.
/// Ownership  the calls delete themselves; the queue is drained before Health goes.
class Health {
 public:
  Health(HealthService& service, grpc::ServerCompletionQueue& queue, GuestTable& guests)
      : service_(service), queue_(queue), guests_(guests) {}

  /// Begins to wait for callers. Once, after the server has been built.
  void start();

  /// NOT_SERVING from now on. Watchers are told, and their streams end.
  void drain();

  /// Nobody watches.
  [[nodiscard]] bool idle() const { return watchers_.empty(); }

  /// Begins nothing any more: the queue is about to be shut down.
  void stop() { stopped_ = true; }

  /// It is `now`: call it before what happened at `now` is completed. Ends watches older than
  /// kMaxWatch: nobody has authenticated them, and a connection with a stream is never closed as
  /// idle. Whoever watches begins again, as the protocol says.
  void tick(base::Time now);
  /// When tick() is due.
  [[nodiscard]] base::Time next_deadline() const {
    return watchers_.empty() ? base::Time::max() : next_sweep_;
  }

  static constexpr std::chrono::seconds kMaxWatch{60};
  // Who begins to watch where there are as many makes one of them end: see AddressShares.
  static constexpr std::size_t kMaxWatchers = 64;
  static constexpr std::size_t kMaxWatchersPerAddress = 8;

 private:
  class CheckCall;
  class WatchCall;
  using Places = AddressShares<WatchCall*>;

  /// The answer about `service`: "" is the server, "Calling" its service.
  [[nodiscard]] grpc::health::v1::HealthCheckResponse::ServingStatus status_of(
      const std::string& service) const;

  HealthService& service_;
  grpc::ServerCompletionQueue& queue_;
  GuestTable& guests_;
  bool draining_ = false;
  bool stopped_ = false;
  base::Time now_{};
  base::Time next_sweep_{};
  std::set<WatchCall*> watchers_;  // also those that have lost their place and have not ended yet
  Places places_{{.in_all = kMaxWatchers, .per_address = kMaxWatchersPerAddress}};
};

}  // namespace comcat::server
