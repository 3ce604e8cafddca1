#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/hosts.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// Has what hosts ask for done at whichever node it concerns somebody: here, or by an order to the
/// others.
///
/// Threads    one: the shard. Nothing waits.
/// Ownership  hosts and link outlive it. A null link: there are no other nodes.
class HostOrders {
 public:
  using Answer = Hosts::Answer;

  HostOrders(Hosts& hosts, ClusterLink* link) : hosts_(hosts), link_(link) {}

  /// What a host says, in words. The answer; nothing where `later` is told it.
  [[nodiscard]] std::optional<Answer> act(const std::string& words, const Hosts::By& by,
                                          base::Time now, Hosts::Later later);

  /// What a host at another node wants done here.
  bool oblige(const wire::Sender& from, const wire::Order& order, base::Time now);
  bool oblige(const wire::Sender& from, const wire::PeopleAsked& asked, base::Time now);

 private:
  struct Wanted {
    HostCommand command;
    std::string words;
    Hosts::By by;
    Hosts::Later later;
  };
  /// Somebody who may be meant.
  struct Candidate {
    wire::NodeNumber node = 0;
    wire::Located who;
  };
  using Found = std::vector<Candidate>;

  [[nodiscard]] std::optional<Answer> act_here(const Wanted& wanted, base::Time now);
  void find_and_act(Wanted wanted, const Whom& whom, base::Time now);
  void act_on(const Wanted& wanted, const Candidate& whom, base::Time now);
  std::optional<Answer> close_everywhere(Wanted wanted, const CloseRoom& close, base::Time now);
  std::optional<Answer> announce_everywhere(const Wanted& wanted, base::Time now);
  void order(const std::vector<wire::NodeNumber>& nodes, const Wanted& wanted,
             wire::SessionNumber whom, Errands::Done done, base::Time now);
  [[nodiscard]] std::vector<wire::NodeNumber> others() const;
  [[nodiscard]] std::string name_of(wire::NodeNumber node) const;
  /// The end of a sentence: which nodes did not answer; empty where all did.
  [[nodiscard]] std::string without(const std::vector<wire::NodeNumber>& silent) const;

  Hosts& hosts_;
  ClusterLink* const link_;
};

}  // namespace comcat::server
