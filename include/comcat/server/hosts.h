#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/absentees.h"
#include "comcat/server/ban_list.h"
#include "comcat/server/caller.h"
#include "comcat/server/host_command.h"
#include "comcat/server/host_mutes.h"
#include "comcat/server/metrics.h"
#include "comcat/server/name_claims.h"
#include "comcat/server/rooms.h"
#include "comcat/wire/errand_messages.h"

#include "absl/status/statusor.h"

namespace comcat::server {

struct HostOptions {
  std::vector<store::Ban> bans;  // that hold already
  BanList::Keeper keeper;
  bool shared = false;  // with other servers
  // The servers of the cluster, a line of safe text each; empty: this one is alone.
  std::function<std::string(base::Time now)> nodes;
  std::function<void()> drain;  // begins to end the server; may be empty, where nobody can
  std::function<store::WallTime()> wall_clock;  // empty: the system's
};

/// What there is to say of a server, or of several.
struct HostFigures {
  std::uint64_t callers = 0;
  std::uint64_t rooms = 0;
  std::uint64_t joins = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t bans = 0;
};

/// Does what hosts ask for: those in a call, and whoever runs the server. Everything that changes
/// something is a log line that says who did it.
///
/// Threads    one: the shard.
/// Ownership  rooms, callers, absentees, claims and metrics outlive it.
class Hosts {
 public:
  using Callers = std::unordered_map<wire::SessionNumber, Caller*>;
  /// Ends a caller's stream with `status`; others in the room are told `why`.
  using Remove = std::function<void(Caller&, const std::string& why, const absl::Status& status,
                                    base::Time now)>;

  /// Who asks.
  struct By {
    std::string name;                // as it is logged
    bool in_call = false;            // else it is whoever runs the server, or another one
    std::string room_key{};          // where they are, in a call
    std::string address{};           // theirs, which they are not to ban; empty: unknown
    std::string device{};            // the fingerprint of their key; empty: none
    wire::SessionNumber target = 0;  // who is meant, whatever the words call them; 0: by the words
  };
  [[nodiscard]] static By by(const Caller& host);

  Hosts(HostOptions options, Rooms& rooms, const Callers& callers, Absentees& absentees,
        NameClaims& claims, const Metrics& metrics, Remove remove);

  /// What there is to say of something, lines of safe text; an error is one sentence.
  using Answer = absl::StatusOr<std::string>;
  /// Told once, later.
  using Later = std::function<void(const Answer&, base::Time now)>;

  /// The answer; nothing where `later` is told it, as what was done is to be on the disk before. In
  /// a call a host can do what concerns people and rooms.
  [[nodiscard]] std::optional<Answer> act(const HostCommand& command, const By& by, base::Time now,
                                          Later later);

  /// Why nobody from `address` is let in; OK where that is not so.
  [[nodiscard]] absl::Status check(const std::string& address);
  /// The same of a device, by the fingerprint of its key; "" is none.
  [[nodiscard]] absl::Status check_device(const std::string& fingerprint);
  /// The devices that hosts have muted since the server began, or the others of its cluster.
  [[nodiscard]] HostMutes& mutes() { return mutes_; }

  /// Whether `command` concerns `whom`, who is certainly meant: nobody by that name can be at
  /// another node.
  [[nodiscard]] bool is_surely_here(const Whom& whom, const By& by) const;
  /// Those who are here, there or away, that are asked for.
  [[nodiscard]] std::vector<wire::Located> located(const wire::PeopleAsked& asked,
                                                   base::Time now) const;
  [[nodiscard]] HostFigures figures() const;
  [[nodiscard]] BanList& bans() { return bans_; }
  /// What the node called so knows of a ban: holds here too, where it is later.
  void learn(const wire::BanRecord& ban, const std::string& node, base::Time now);
  /// The claim of the name with this key has changed at the node called so: whose it is of those
  /// who are here.
  void review_claims(const std::string& name_key, const std::string& node, base::Time now);
  /// Everyone in the room out of the call; how many that were.
  std::size_t close_room(const CloseRoom& close, const By& by, base::Time now);

  /// By the clock that bans and claims are kept by.
  [[nodiscard]] store::WallTime wall_now() const { return options_.wall_clock(); }

 private:
  struct Execution;

  void log(std::string_view event, const By& by, const std::string& whom,
           const std::string& why) const;
  /// Somebody who is there or away.
  struct Person {
    Participant* who;
    std::string address;
    Room* room;  // null: before the hello
    base::Time opened;
    Caller* caller;      // null: away
    Absentee* absentee;  // null: there
  };

  [[nodiscard]] std::vector<Person> people() const;
  void remove(const Person& person, const std::string& why, const std::string& told,
              base::Time now);
  /// How many there were.
  std::size_t remove_all(const std::function<bool(const Person&)>& whom, const std::string& why,
                         const std::string& told, base::Time now);
  /// The one who is meant.
  [[nodiscard]] absl::StatusOr<Person> find(const Whom& whom, const By& by) const;

  HostOptions options_;
  BanList bans_;
  HostMutes mutes_;
  Rooms& rooms_;
  const Callers& callers_;
  Absentees& absentees_;
  NameClaims& claims_;
  const Metrics& metrics_;
  const Remove remove_;
};

}  // namespace comcat::server
