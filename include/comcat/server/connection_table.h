#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/line.h"
#include "comcat/server/metrics.h"
#include "comcat/server/stranger_places.h"
#include "comcat/server/waiting_room.h"

namespace comcat::server {

struct ConnectionLimits {
  std::size_t in_all = 1024;
  std::size_t per_address = 64;
  // What a connection may do before somebody vouches for it.
  std::size_t strangers = 32;  // that gRPC has at a time
  std::chrono::milliseconds flight_patience = std::chrono::seconds(10);
  std::chrono::milliseconds stranger_patience = std::chrono::seconds(70);
  std::uint64_t stranger_bytes = 1280;  // beyond its first flight
};

/// Which connections there are, who is counted, who is given to gRPC, and who has to go.
///
/// A connection for which nobody has vouched is a stranger's. gRPC 1.51 lets it hold memory and a
/// place for as long as it likes, and a thousand times as much memory as it has sent: its limits of
/// streams and metadata hold only for peers who have acknowledged them. So a stranger waits outside
/// until its first flight is there, which costs nothing but a descriptor, then for one of few
/// places in gRPC (StrangerPlaces), fairly (WaitingRoom); there it may send `stranger_bytes`, which
/// the kernel sees to. Who sends more, or is still a stranger after `stranger_patience`, is cut.
///
/// Where an address has `per_address` connections, or all have `in_all`, room is made: a newcomer
/// takes the place of a stranger of his own address who has been there for a while, the one that
/// got least far; or of the oldest of the address that has most, if that has more. A guest's whose
/// caller has gone is a stranger's then.
/// Where more than 32 wait for a place in gRPC, and strangers had theirs in vain, each who comes
/// costs four others their turn, of the address that most wait from: a crowd that came at once
/// would else be in everybody's way until all of it had had its turn. A crowd of guests is left
/// alone. From an address where callers misbehave they come in slowly (Slowdown).
///
/// Peers are written as gRPC writes them, "ipv4:192.0.2.1:4000"; addresses are counted as
/// admission_address() has them. Nobody says when a connection ends: strangers' lines are asked
/// whenever they are watched, those that have a place in gRPC whenever others wait for one, whoever
/// is to be cut before that, and a few of all of them each time that they are watched or a limit is
/// reached.
///
/// Threads    one at a time. It logs, and counts in the metrics, whom it turns away or cuts.
/// Ownership  the lines are its own; the metrics outlive it.
class ConnectionTable {
 public:
  using Id = std::uint64_t;  // who came later has the greater one

  ConnectionTable(const ConnectionLimits& limits, Metrics& metrics);

  /// Takes in a newcomer, a stranger at first, cutting another in his favour where that is fair.
  /// Nothing where he is one too many; `line` is then dropped as it is, and not cut.
  [[nodiscard]] std::optional<Id> add(const std::string& peer, std::unique_ptr<Line> line,
                                      base::Time now);

  /// Something has arrived. Where it is all of its first flight, it waits to be let_in(). Nothing
  /// happens where it is not here any more.
  void heard(Id id, base::Time now);

  /// A caller from `address` has been cut for what they did: who comes from there has to wait.
  void slow(const std::string& address, base::Time now);

  /// The connection from `peer` is a stranger's no more.
  void vouch(const std::string& peer, base::Time now);

  /// He was told to go, and has nothing more to say.
  void refuse(const std::string& peer);

  /// Forgets who has ended and cuts strangers who have had enough; true where some are left, who
  /// are to be watched again.
  [[nodiscard]] bool watch(base::Time now);

  /// True where some wait to be given to gRPC.
  [[nodiscard]] bool crowded() const { return waiting_.size() > 0; }

  /// Who has time to spare for strangers.
  struct HasTime {
    bool grpc = true;
    bool machine = true;
  };
  /// Gives to gRPC who may be, a few at a time where that has time, more while guests come in, and
  /// cuts who is to make room for others, later where this machine has none; true where anything
  /// was done.
  bool let_in(HasTime has_time, base::Time now);

  /// Cuts all that are open.
  void cut_all();

  /// How many are counted: those that have ended unnoticed as well.
  [[nodiscard]] std::size_t size() const { return connections_.size(); }

 private:
  /// How far a connection has got; who got least far is the first to make room.
  enum class Stage : std::uint8_t {
    kRefused,  // gRPC has it, and he has been told to go
    kSilent,   // its first flight has not arrived
    kWaiting,  // for a place in gRPC
    kInGrpc,
    kGuest,  // somebody has vouched for it
  };
  struct Connection {
    std::unique_ptr<Line> line;
    std::string address;
    std::string name;  // as connection_name() has it
    base::Time accepted;
    std::uint64_t flight_bytes = 0;
    Stage stage = Stage::kSilent;
  };
  using Connections = std::map<Id, Connection>;
  using Entry = Connections::iterator;

  /// Nothing where one more from `address` is within the limits, else which one is used up.
  [[nodiscard]] std::optional<Turned> limit_reached(const std::string& address, base::Time now);
  [[nodiscard]] bool make_room_within(const std::string& address, base::Time now);
  [[nodiscard]] bool make_room_elsewhere(const std::string& address);
  /// How far it has got, as far as others who want its place are concerned.
  [[nodiscard]] static Stage standing(const Connection& connection);
  [[nodiscard]] std::vector<Entry> connections_of(const std::string& peer);
  /// Asks the next so many whether they are open, and forgets those that are not.
  void ask(std::size_t most);
  void ask_who_has_a_place();
  /// The first who has only just come, or whoever will come next.
  [[nodiscard]] Id first_newcomer(base::Time now) const;
  void thin_out(base::Time now);
  [[nodiscard]] std::optional<std::string_view> offence(const Connection& connection,
                                                        base::Time now) const;
  void cut(Entry stranger, std::string_view why);
  void give_to_grpc(Entry entry, base::Time now);
  Entry forget(Entry entry);

  const ConnectionLimits limits_;
  Metrics& metrics_;
  Connections connections_;
  std::map<std::string, std::set<Id>> by_address_;  // none empty
  std::multimap<std::string, Id> by_name_;          // as connection_name() has them
  WaitingRoom waiting_;
  StrangerPlaces places_;
  std::size_t credit_ = 0;  // who may be let in though gRPC has no time
  Id last_ = 0;
  Id asked_ = 0;  // the last that was asked whether it is open
};

}  // namespace comcat::server
