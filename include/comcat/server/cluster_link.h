#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/cluster.h"
#include "comcat/server/cluster_options.h"
#include "comcat/server/elsewhere.h"
#include "comcat/server/errands.h"
#include "comcat/server/metrics.h"
#include "comcat/server/neighbours.h"
#include "comcat/server/outlet.h"
#include "comcat/server/participant.h"
#include "comcat/server/remote_voice.h"

#include "absl/status/status.h"

namespace comcat::server {

/// What ties the rooms of this node to those of the others: who is in a room here is told to the
/// others, who is there elsewhere is put into the room, and so is what they say.
///
/// Threads    one: the shard.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time; what has
///            gathered since then leaves with it.
/// Ownership  options, their outlet and metrics outlive it. It outlives the rooms.
class ClusterLink final : public Elsewhere {
 public:
  /// What it does to those who are here.
  struct House {
    std::function<Room*(const std::string& key)> find;  // null where there is no such room
    /// Somebody has another number beside the name.
    std::function<void(wire::SessionNumber, std::uint32_t twin, base::Time)> renumber;
    /// Somebody is not in the room any more, by the word of another node.
    std::function<void(const wire::Left&, base::Time)> lose;
    /// What a node that lives asks of this one; false where it may not be.
    std::function<bool(const wire::NodeMessage&, base::Time)> oblige;
    /// What heartbeats are to say of all that is kept alike.
    std::function<std::uint64_t()> records;
    /// Somebody is in the room by another node now, as `there`; nobody is to see them leave.
    std::function<void(Participant there, base::Time)> move_out;
    /// others() says something else.
    std::function<void(base::Time)> others_changed;
  };

  ClusterLink(const ClusterOptions& options, std::size_t max_speakers, Metrics& metrics);

  /// Once, before anything else.
  void serve(House house) { house_ = std::move(house); }

  /// What has come from other nodes, in order. Safe on any bytes.
  void take(const std::vector<FromNode>& messages, base::Time now);

  /// Whether there are other nodes.
  [[nodiscard]] bool has_others() const { return !cluster_.nodes().all().empty(); }
  /// Asks these nodes what `question` makes of an id, which their answers are to carry; `done` is
  /// told once, later.
  using MakeQuestion = std::function<wire::NodeBody(std::uint64_t id)>;
  void ask_nodes(const std::vector<wire::NodeNumber>& nodes, const MakeQuestion& question,
                 Errands::Done done, base::Time now);
  void send(wire::NodeNumber node, const wire::NodeBody& body);
  void send_all(const wire::NodeBody& body) { send(cluster::Outgoing{{}, body}); }
  [[nodiscard]] const cluster::Cluster& cluster() const { return cluster_; }
  [[nodiscard]] const std::string& name() const { return options_.name; }  // of this node
  using OnCome = std::function<void(const cluster::Decision&, base::Time)>;
  /// Asks whether `who` may be in `room` by that name, there being others who may have it, and with
  /// which number beside it. The answer comes within cluster::NameQuestions::kPatience, perhaps at
  /// once. They may have a place there already, at another node, by the key with the hash
  /// `key_hash` ("": none). Who has it by cluster::Decision::former is to take_over() it.
  void come(const std::string& room, const Participant& who, const std::string& key_hash,
            OnCome done, base::Time now);
  /// To be called before the one who was `former` elsewhere is put into a room.
  void take_over(const wire::Resident& former) {
    named_ms_[former.member.session] = former.named_ms;
  }

  /// The servers to which `session` may go, at most wire::kMaxOtherServers; not the same first for
  /// all.
  [[nodiscard]] std::vector<wire::OtherServer> others(wire::SessionNumber session) const {
    return neighbours_.others(session);
  }
  /// Clients see this certificate from now on.
  void renew_certificate(const std::string& fingerprint) { neighbours_.renew(fingerprint); }

  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

  /// From now on others are told that this node takes nobody any more, or `ends`.
  void say_going(bool ends, base::Time now);

  /// A line of safe text for each node of the cluster.
  [[nodiscard]] std::string described(base::Time now) const;

  void tell(const Room& room, const wire::Event& event, base::Time now) override;
  void speak(const Room& room, const Participant& speaker, const wire::VoicePacket& frame,
             base::Time now) override;
  void silence(const Room& room, const Participant& speaker) override;

 private:
  void take(const FromNode& message, base::Time now);
  void hear(const wire::NodeMessage& message, const wire::RoomVoice& voice, base::Time now);
  bool oblige(const wire::NodeMessage& message, base::Time now);
  void put(const Room& room, const wire::Member& member, base::Time now);
  /// Sends and does what has come of what was done.
  void settle(base::Time now);
  void follow(const cluster::Change& change, base::Time now);
  void let_move(const cluster::Change& change, base::Time now);
  void look_at_others(base::Time now);
  void decide(const cluster::Decision& decision, base::Time now);
  void listen(const std::string& room_key, bool wanted);
  /// Whoever is known to be elsewhere is in the room from its beginning here.
  void fill(Room& room);
  void send(const cluster::Outgoing& out);

  const ClusterOptions& options_;
  Metrics& metrics_;
  House house_;
  cluster::Cluster cluster_;
  Neighbours neighbours_;
  RemoteVoice voice_;
  Errands errands_;
  std::set<std::string, std::less<>> heard_;  // keys of rooms that somebody here is in
  bool settling_ = false;
  std::map<std::uint64_t, OnCome> asked_;                  // by cluster::Decision::id
  std::map<wire::SessionNumber, std::uint64_t> named_ms_;  // since when who is here has the name
};

}  // namespace comcat::server
