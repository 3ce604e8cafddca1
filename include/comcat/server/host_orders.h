#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/directory.h"
#include "comcat/server/hosts.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// Has what hosts ask for done at whichever node it concerns somebody: here, or by an order to the
/// others.
///
/// Threads    one: the shard. Nothing waits.
/// Ownership  what it is made of outlives it. A null link: there are no other nodes.
class HostOrders {
 public:
  using Answer = Hosts::Answer;

  HostOrders(Hosts& hosts, Directory& directory, ClusterLink* link)
      : hosts_(hosts), directory_(directory), link_(link) {}

  /// What a host says, in words. The answer; nothing where `later` is told it.
  [[nodiscard]] std::optional<Answer> act(const std::string& words, const Hosts::By& by,
                                          base::Time now, Hosts::Later later);

  /// What a host at another node wants done here.
  bool oblige(const wire::Sender& from, const wire::Order& order, base::Time now);

 private:
  struct Wanted {
    HostCommand command;
    std::string words;
    Hosts::By by;
    Hosts::Later later;
  };
  [[nodiscard]] std::optional<Answer> act_here(const Wanted& wanted, base::Time now);
  void find_and_act(Wanted wanted, const Whom& whom, base::Time now);
  void act_on(const Wanted& wanted, const Directory::Found& whom, base::Time now);
  std::optional<Answer> close_everywhere(Wanted wanted, const CloseRoom& close, base::Time now);
  std::optional<Answer> announce_everywhere(const Wanted& wanted, base::Time now);
  void order(const std::vector<wire::NodeNumber>& nodes, const Wanted& wanted,
             wire::SessionNumber whom, Errands::Done done, base::Time now);
  /// Answers what is asked of people and rooms everywhere; false where the command asks for
  /// nothing of the kind.
  bool list(const Wanted& wanted, base::Time now);
  void list_people(const Wanted& wanted, const ListPeople& list, base::Time now);
  void list_rooms(const Wanted& wanted, base::Time now);
  /// The same, with who did not answer.
  [[nodiscard]] absl::Status but_silent(const absl::Status& status,
                                        const Errands::Result& result) const;
  [[nodiscard]] std::string with_silent(const std::string& lines,
                                        const Errands::Result& result) const;

  Hosts& hosts_;
  Directory& directory_;
  ClusterLink* const link_;
};

}  // namespace comcat::server
