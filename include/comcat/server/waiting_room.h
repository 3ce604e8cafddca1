#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/server/fair_queue.h"
#include "comcat/server/slowdown.h"
#include "comcat/server/standings.h"

namespace comcat::server {

/// Strangers who wait for a place in gRPC: those whose turn it may be, in a FairQueue by the
/// Standing of their addresses, and those from addresses that are slowed down, who join them one by
/// one.
///
/// Threads  one at a time.
class WaitingRoom {
 public:
  using Id = FairQueue::Id;

  /// False where it is held back, as its address is slowed down.
  bool push(const std::string& address, Id id, base::Time now);
  /// Nothing happens where it does not wait.
  void erase(const std::string& address, Id id);
  /// A caller from `address` has been cut; returns as Slowdown::slow().
  std::chrono::milliseconds slow(const std::string& address, base::Time now) {
    return slowdown_.slow(address, now);
  }
  /// Lets those join the others who were held back for long enough.
  void release(base::Time now);

  /// How many have joined the queue since this was asked last.
  [[nodiscard]] std::size_t came() { return std::exchange(came_, 0); }

  /// Whose turn it is, of those whose standing is `worst` or better, who waits no more: he is given
  /// a place.
  [[nodiscard]] std::optional<Id> pop(Standing worst, base::Time now);
  /// One from `address` who was given a place has been admitted.
  void admit(const std::string& address, base::Time now);

  // FairQueue's, of those who are not held back.
  [[nodiscard]] std::optional<Id> youngest_of_crowd(Id end) const {
    return ready_.youngest_of_crowd(end);
  }
  [[nodiscard]] std::size_t size() const { return ready_.size(); }

 private:
  void join(const std::string& address, Id id, base::Time now);

  Slowdown slowdown_;
  Standings standings_;
  FairQueue ready_;
  std::map<std::string, FairQueue> held_;  // by address; none empty
  std::size_t came_ = 0;
};

}  // namespace comcat::server
