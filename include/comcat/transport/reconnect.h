#pragma once

#include <optional>
#include <set>

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
    bool announce = false;               // the first failure of its kind in an outage
  };

  explicit Reconnect(Backoff backoff) : backoff_(std::move(backoff)) {}

  /// A call that has lasted so long ends an outage. One that is lost sooner goes on with it: a
  /// server that welcomes everyone and hangs up is not asked again and again.
  static constexpr std::chrono::seconds kStands{5};

  /// The server has answered.
  void on_welcome();

  /// An attempt or an established call came to its end. Until the first welcome every end is final:
  /// whoever starts a client with a wrong address wants to know at once. Later only a failure that
  /// trying again cannot mend is; a full server may be filling up after a restart, which is told as
  /// the loss of the call was.
  [[nodiscard]] Decision on_end(const Failure& failure, base::Time now);

  /// Whether an end would be an outage's: the server has answered once.
  [[nodiscard]] bool comes_back() const { return welcomed_once_; }

 private:
  Backoff backoff_;
  bool welcomed_once_ = false;
  bool welcomed_ = false;            // by the call of now
  base::Time began_{};               // when that was tried
  std::set<FailureKind> announced_;  // in this outage
};

}  // namespace comcat::transport
