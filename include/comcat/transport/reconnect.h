#pragma once

#include <optional>

#include "comcat/base/clock.h"
#include "comcat/transport/backoff.h"
#include "comcat/transport/failure.h"

namespace comcat::transport {

/// Whether and when a call that has ended is tried again, and whether the user is told.
///
/// Threads: one at a time. No clock, no network: `now` is an argument.
class Reconnect {
 public:
  struct Decision {
    std::optional<base::Time> retry_at;  // nothing: this was the end
    bool announce = false;               // the first failure of an outage
  };

  explicit Reconnect(Backoff backoff) : backoff_(std::move(backoff)) {}

  /// The server has answered: the outage, if there was one, is over.
  void on_welcome();

  /// An attempt or an established call came to its end. Until the first welcome every end is final:
  /// whoever starts a client with a wrong address wants to know at once. Later only a failure that
  /// trying again cannot mend is; a full server may be filling up after a restart.
  [[nodiscard]] Decision on_end(const Failure& failure, base::Time now);

 private:
  Backoff backoff_;
  bool welcomed_once_ = false;
  bool outage_ = false;
};

}  // namespace comcat::transport
