#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/change.h"
#include "comcat/cluster/name_questions.h"
#include "comcat/cluster/node_table.h"
#include "comcat/cluster/outgoing.h"
#include "comcat/cluster/room_table.h"

#include "absl/status/status.h"

namespace comcat::cluster {

/// The answer to Cluster::ask().
struct Decision {
  std::uint64_t id = 0;
  absl::Status status;     // kAlreadyExists: the name is another's; kAborted: the key is spent
  std::uint32_t twin = 0;  // the number beside the name; 0: none
  /// Who they were, with one move more, where they have come back by their key.
  std::optional<wire::Resident> former{};
};

/// What has come of what was done, in order.
struct Results {
  std::vector<Outgoing> outgoing;
  std::vector<Change> changes;
  std::vector<Decision> decisions;
  std::vector<std::pair<wire::NodeNumber, NodeTable::Heard>> nodes;  // appeared or ended
  std::vector<std::pair<std::string, bool>> hearing;  // rooms that are to be heard, or no more
};

/// One node's side of all rooms over many nodes: who lives, who is in which room, who may have
/// which name. It sends nothing and has no clock: messages that came go into receive(), and what is
/// to be sent or done is in take_results() after each call.
///
/// Names      the keeper of a room (NodeTable::keeper()) hears of all who are there, wherever they
///            are, and says who may have a name. Where it says nothing in time, or nodes disagree
///            on who it is, two may have one name: then RoomTable makes two of them.
/// Others     voice, texts and orders are nobody's business here; speaks_for() and knows() say
///            whether their sender may be believed.
/// Capacity   kMaxRooms that others tell of.
/// Threads    one.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class Cluster {
 public:
  static constexpr std::chrono::milliseconds kBeat{1000};
  static constexpr std::size_t kMaxRooms = 100'000;

  explicit Cluster(wire::Sender self);
  ~Cluster();

  // ---- what comes

  /// False where it is not believed: of nobody who lives, or more than there may be.
  bool receive(const wire::NodeMessage& message, base::Time now);
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;
  [[nodiscard]] Results take_results() { return std::exchange(results_, {}); }

  // ---- what this node says

  /// What the next heartbeats say; one leaves at once where it drains or ends.
  void tell(const wire::Heartbeat& heartbeat, base::Time now);

  /// Whether `who` may be in `room` under that name: a Decision with this id comes, perhaps at
  /// once. Who had a key with the hash `key_hash` (Resident::key_hash; "": none) there, at whatever
  /// node, by the same name and device, comes back as who that was: Decision::former.
  std::uint64_t ask(const std::string& room, const wire::Resident& who, base::Time now,
                    const std::string& key_hash = {});
  /// The answer is not wanted any more.
  void forget(std::uint64_t id, base::Time now);

  /// Somebody has entered `room` here, or what is known of them has changed. With each entry
  /// Resident::moves is one more.
  void put(const std::string& room, const wire::Resident& who, base::Time now);
  /// They have left it. Harmless where they were not there.
  void remove(const std::string& room, wire::SessionNumber session, wire::LeaveReason reason,
              const std::string& why, base::Time now);

  // ---- what is known

  [[nodiscard]] const NodeTable& nodes() const { return nodes_; }
  /// Null where nothing is known of it. It lasts until the next call.
  [[nodiscard]] const RoomTable* find(const std::string& room_key) const;
  /// Whether it is a node that lives, in this start of it.
  [[nodiscard]] bool knows(const wire::Sender& from) const;
  /// Whether `from` may say what `session` says in the room.
  [[nodiscard]] bool speaks_for(const wire::Sender& from, const std::string& room_key,
                                wire::SessionNumber session) const;

 private:
  struct Room;

  void take(const wire::Sender& from, const wire::Heartbeat& told, base::Time now);
  bool receive(const wire::Sender& from, const wire::RoomPart& part, base::Time now);
  bool receive(const wire::Sender& from, const wire::RoomDelta& delta, base::Time now);
  bool receive(const wire::Sender& from, const wire::RoomAsked& asked, base::Time now);
  bool receive(const wire::Sender& from, const wire::NameAsked& asked, base::Time now);
  bool receive(const wire::Sender& from, const wire::NameAnswered& answered, base::Time now);
  bool receive(const wire::Sender& from, const wire::KeyFound& found, base::Time now);

  void meet(wire::NodeNumber node, base::Time now);
  void lose(wire::NodeNumber node, base::Time now);
  /// The room of that name; null where there may be no more.
  Room* find_or_make(const std::string& name, base::Time now);
  [[nodiscard]] Room* find_room(const std::string& name);
  const std::string& key_of(const std::string& name);
  /// To be called after whatever concerns the room: says what is due, and takes its changes.
  void serve(Room& room, base::Time now);
  void send(Room& room, std::vector<wire::NodeBody> bodies);
  void give_whole(Room& room, wire::NodeNumber to, base::Time now);
  void hear(Room& room);
  wire::NodeNumber keeper_of(Room& room);
  void ask_keeper(std::uint64_t id, Question& question, base::Time now);
  /// Asks whoever is in the room for its part, and for who has the question's key.
  void ask_room(const Question& question);
  [[nodiscard]] wire::NameAnswered answer(Room& room, wire::NodeNumber from,
                                          const wire::NameAsked& asked, base::Time now);
  void tend_questions(base::Time now);
  void ask_again(std::uint64_t id, Question& question, base::Time now);
  [[nodiscard]] std::vector<wire::NodeNumber> missing(const Question& question) const;
  [[nodiscard]] bool is_ready(const Question& question, base::Time now) const;
  /// Answers the question by what is known now.
  void decide(std::uint64_t id, base::Time now);
  void beat(base::Time now);

  NodeTable nodes_;
  wire::Heartbeat heartbeat_;
  base::Time beat_at_{};
  std::uint64_t version_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Room>> rooms_;  // by key
  std::set<std::pair<base::Time, Room*>> due_;
  std::unordered_map<std::string, std::string> keys_;  // of names; forgotten now and then
  NameQuestions questions_;
  Results results_;
};

}  // namespace comcat::cluster
