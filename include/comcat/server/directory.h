#pragma once

#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/hosts.h"
#include "comcat/server/rooms.h"
#include "comcat/wire/cluster_messages.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// Who is in which room at any node. A node hears of its own rooms alone, so the others are asked
/// when somebody wants to know.
///
/// Threads    one: the shard. Nothing waits.
/// Ownership  what it is made of outlives it. A null link: there are no other nodes.
class Directory {
 public:
  Directory(const Rooms& rooms, const Hosts& hosts, ClusterLink* link)
      : rooms_(rooms), hosts_(hosts), link_(link) {}

  [[nodiscard]] bool has_others() const { return link_ != nullptr && link_->has_others(); }

  /// Asks all other nodes. `done` is told once, later; what they have said is for the functions
  /// below.
  void ask(const wire::PeopleAsked& asked, Errands::Done done, base::Time now);
  void ask(const wire::RoomsAsked& asked, Errands::Done done, base::Time now);

  /// Whether who is in the room `name` is known here: somebody here is in it.
  [[nodiscard]] bool knows(const std::string& name) const;
  /// Those at any node, with the node's number, 0 for this one.
  struct Found {
    wire::NodeNumber node = 0;
    wire::Located who;
  };
  [[nodiscard]] std::vector<Found> people(const wire::PeopleAsked& asked,
                                          const Errands::Result& result, base::Time now) const;
  /// Who is in the room `name`, where nobody is here, as far as `caller` may be told.
  [[nodiscard]] absl::StatusOr<wire::Roster> roster(const std::string& name, const Caller& caller,
                                                    const Errands::Result& result) const;
  /// All rooms, as Rooms::list() tells of those here.
  [[nodiscard]] wire::RoomList rooms(const Caller* caller, bool with_names,
                                     const Errands::Result& result) const;
  [[nodiscard]] HostFigures figures(const Errands::Result& result) const;

  /// What another node wants to know.
  bool oblige(const wire::Sender& from, const wire::PeopleAsked& asked, base::Time now);
  bool oblige(const wire::Sender& from, const wire::RoomsAsked& asked);

 private:
  const Rooms& rooms_;
  const Hosts& hosts_;
  ClusterLink* const link_;
};

}  // namespace comcat::server
