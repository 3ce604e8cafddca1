#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/line.h"
#include "comcat/server/rate_limit.h"
#include "comcat/server/standings.h"

namespace comcat::server {

/// The places that strangers may have in gRPC, where each of their bytes may cost a thousand of
/// memory: few, and given one after another, so that their handshakes leave time for voice.
///
/// Whoever has a place keeps it as long as nobody else wants it. Then it goes to him from whom
/// least is to be expected: who has been refused; else who has been there for longest, his time on
/// the network taken off. Nobody loses it before he has had time to be admitted, which is more
/// where this machine may keep him waiting and not all lately were strangers, nor while others are
/// being admitted, one shortly after the other: then it is merely busy.
///
/// Capacity   `capacity`, and an eighth more for those from addresses that are new or known, and
///            another for known ones alone: strangers who had theirs in vain fill no more than the
///            first. Those who were cut count until gRPC has closed their sockets.
/// Threads    one at a time.
/// Ownership  the lines of those who were cut are its own.
class StrangerPlaces {
 public:
  using Id = std::uint64_t;

  explicit StrangerPlaces(std::size_t capacity) : capacity_(capacity) {}

  /// The worst standing with which there is a place to take() at `now`.
  [[nodiscard]] std::optional<Standing> open_to(base::Time now);
  void take(Id id, base::Duration round_trip, base::Time now);
  /// Who has a place, where none is left and others can have it only once one of them has gone.
  [[nodiscard]] std::vector<Id> holders_of_all() const;
  /// It has ended by itself. Nothing happens where it has none.
  void give_back(Id id);
  /// It was admitted, and is no stranger any more.
  void admit(Id id);
  /// It has been cut: the place is free once `line` is closed.
  void give_back(Id id, std::unique_ptr<Line> line);
  /// It has no claim to stay any more.
  void refuse(Id id);

  /// True where those who had places lately were no guests, but for a few.
  [[nodiscard]] bool given_in_vain() const { return in_vain_ >= capacity_; }

  /// For how long it has been the turn of the peer who has a place, as Line::peers_turn() says.
  using PeersTurn = std::function<base::Duration(Id)>;
  /// Who is to be cut for the `waiting` who want a place, where all are taken and not enough were
  /// cut already. `time_is_scarce` where this machine may be what keeps them waiting; who has had
  /// its answer is kept waiting by it no more.
  [[nodiscard]] std::optional<Id> weakest(std::size_t waiting, bool time_is_scarce,
                                          const PeersTurn& peers_turn, base::Time now);

 private:
  [[nodiscard]] bool may_go(Id id, base::Time until, bool mild, const PeersTurn& peers_turn,
                            base::Time now) const;
  [[nodiscard]] std::size_t taken() const { return holders_.size() + leaving_.size(); }
  [[nodiscard]] bool all_taken() const { return taken() >= capacity_; }

  const std::size_t capacity_;
  std::map<Id, base::Time> holders_;            // until when each may stay in any case
  std::vector<std::unique_ptr<Line>> leaving_;  // cut, and not yet closed
  RateLimit turns_{400, 8};                     // a TLS handshake costs up to 1 ms
  int admitted_ = 0;                            // since busy_until_ was set
  base::Time busy_until_{};
  std::size_t in_vain_ =
      0;  // places whose holders were not admitted, at most four times the capacity
};

}  // namespace comcat::server
