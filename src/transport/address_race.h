#pragma once

#include <memory>

#include <grpcpp/completion_queue.h>

#include "comcat/base/address.h"
#include "comcat/rpc/completion.h"

#include "absl/status/statusor.h"

namespace comcat::transport {

/// Looks up a host's name, and where it has several addresses finds the one that answers first, as
/// RFC 8305 says (race.h): gRPC 1.51 tries them one after the other and gives each its time. Once
/// it is over, found or not, `over` comes back from the queue.
///
/// Threads    one of its own for each, as the system's lookup cannot be interrupted. The functions:
///            whoever waits for the queue. Nothing waits for its thread, which does nothing more
///            once the race has been abandoned.
/// Ownership  the queue and `over` outlive the race's end, which comes at once after abandon().
class AddressRace {
 public:
  AddressRace(const base::Address& address, grpc::CompletionQueue& queue, rpc::Completion* over);

  /// Ends it, if it is not over, without a result.
  void abandon();

  /// Once `over` has come back: the address, its host a number. kUnavailable with the system's
  /// reason where none answers, kCancelled where it was abandoned.
  [[nodiscard]] const absl::StatusOr<base::Address>& result() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Whether `host` is a number, for which nothing is looked up. Threads: any.
[[nodiscard]] bool is_number(const std::string& host);

}  // namespace comcat::transport
