#include "comcat/cluster/cluster.h"

#include <algorithm>

#include "comcat/base/unicode.h"

#include "cluster_room.h"

namespace comcat::cluster {
namespace {

constexpr std::size_t kMaxKnownKeys = 50'000;
constexpr std::chrono::milliseconds kNotSooner{1};  // than this a room is served again

Target to_node(wire::NodeNumber node) {
  return {Target::Kind::kNode, {}, node};
}

}  // namespace

Cluster::Cluster(wire::Sender self) : nodes_(std::move(self)) {}
Cluster::~Cluster() = default;

// ---- what comes

bool Cluster::receive(const wire::NodeMessage& message, base::Time now) {
  if (const auto* const told = std::get_if<wire::Heartbeat>(&message.body)) {
    if (message.from.node == nodes_.self().node) return false;
    take(message.from, *told, now);
    return true;
  }
  if (!nodes_.hear(message.from, now)) return false;
  return std::visit(
      [&](const auto& body) {
        if constexpr (requires { this->receive(message.from, body, now); }) {
          return this->receive(message.from, body, now);
        } else {
          return true;
        }
      },
      message.body);
}

void Cluster::take(const wire::Sender& from, const wire::Heartbeat& told, base::Time now) {
  switch (nodes_.hear(from, told, now)) {
    case NodeTable::Heard::kAppeared:
      meet(from.node, now);
      break;
    case NodeTable::Heard::kEnded:
      lose(from.node, now);
      break;
    case NodeTable::Heard::kKnown:
    case NodeTable::Heard::kRefused:
      break;
  }
}

bool Cluster::receive(const wire::Sender& from, const wire::RoomPart& part, base::Time now) {
  Room* const room = part.residents.empty() ? find_room(part.room) : find_or_make(part.room, now);
  if (room == nullptr) return part.residents.empty();
  room->table.take(from.node, part, now);
  std::vector<wire::Lost> lost = part.lost;
  std::erase_if(lost, [&](const wire::Lost& it) { return nodes_.is_alive(it.node); });
  room->table.take_lost(lost, now);
  const std::vector<std::uint64_t> waiting = room->questions;
  serve(*room, now);
  for (const std::uint64_t id : waiting) {
    if (is_ready(*questions_.find(id), now)) decide(id, now);
  }
  return true;
}

bool Cluster::receive(const wire::Sender& from, const wire::RoomDelta& delta, base::Time now) {
  Room* const room = find_room(delta.room);
  if (room == nullptr) return true;
  room->table.take(from.node, delta, now);
  serve(*room, now);
  return true;
}

bool Cluster::receive(const wire::Sender& from, const wire::RoomAsked& asked, base::Time now) {
  Room* const room = find_room(asked.room);
  if (room != nullptr) {
    const Person* const found = room->table.with_key(asked.key_hash);
    if (found != nullptr) {
      results_.outgoing.push_back(
          {to_node(from.node), wire::KeyFound{asked.room, found->resident}});
    }
  }
  if (room != nullptr && !room->table.own().people().empty()) {
    give_whole(*room, from.node, now);
  } else {
    results_.outgoing.push_back(
        {to_node(from.node), wire::RoomPart{asked.room, version_, 0, 1, {}, {}, {}}});
  }
  return true;
}

bool Cluster::receive(const wire::Sender& from, const wire::NameAsked& asked, base::Time now) {
  Room* const room = find_or_make(asked.room, now);
  if (room == nullptr) return false;
  results_.outgoing.push_back({to_node(from.node), answer(*room, from.node, asked, now)});
  serve(*room, now);
  return true;
}

bool Cluster::receive(const wire::Sender& from, const wire::NameAnswered& answered,
                      base::Time now) {
  Question* const question = questions_.find(answered.id);
  if (question == nullptr || question->keeper != from.node) return true;
  if (answered.former && !question->came_back) come_back_as(*question, *answered.former);
  const wire::SessionNumber about = answered.session;
  if (about != 0 && about != question->who.resident.member.session)
    return true;  // known better now
  question->answer = answered;
  if (is_ready(*question, now)) decide(answered.id, now);
  return true;
}

bool Cluster::receive(const wire::Sender& /*from*/, const wire::KeyFound& found, base::Time now) {
  const Room* const room = find_room(found.room);
  if (room == nullptr) return true;
  for (const std::uint64_t id : room->questions) {
    Question& question = *questions_.find(id);
    const bool is_its = !question.key_hash.empty() && question.key_hash == found.who.key_hash;
    if (!is_its || !come_back(question, found.who)) continue;
    question.answer.reset();
    ask_keeper(id, question, now);
  }
  tend_questions(now);
  return true;
}

// ---- nodes

void Cluster::meet(wire::NodeNumber node, base::Time now) {
  results_.nodes.emplace_back(node, NodeTable::Heard::kAppeared);
  results_.outgoing.push_back({to_node(node), heartbeat_});
  for (auto& [key, room] : rooms_) {
    const bool had = room->table.is_lost(node);
    if (!had && keeper_of(*room) != node) continue;
    give_whole(*room, node, now);
    if (had) results_.outgoing.push_back({to_node(node), wire::RoomAsked{room->table.name()}});
  }
}

void Cluster::lose(wire::NodeNumber node, base::Time now) {
  results_.nodes.emplace_back(node, NodeTable::Heard::kEnded);
  std::vector<Room*> concerned;
  for (auto& [key, room] : rooms_) {
    if (room->keeper == node || room->table.has_part(node)) concerned.push_back(room.get());
  }
  for (Room* const room : concerned) {
    const bool was_keeper = room->keeper == node;
    room->table.lose(node, now);
    if (was_keeper) give_whole(*room, keeper_of(*room), now);
    serve(*room, now);
  }
  for (auto& [id, question] : questions_.all()) {
    if (question.keeper == node) question.ask_at = now;
  }
  tend_questions(now);
}

void Cluster::tell(const wire::Heartbeat& heartbeat, base::Time now) {
  const bool at_once = heartbeat.ending || heartbeat.draining != heartbeat_.draining;
  heartbeat_ = heartbeat;
  if (at_once || beat_at_ == base::Time{}) beat(now);
}

void Cluster::beat(base::Time now) {
  beat_at_ = now + kBeat;
  results_.outgoing.push_back({{}, heartbeat_});
}

void Cluster::tick(base::Time now) {
  for (const wire::NodeNumber node : nodes_.tick(now)) lose(node, now);
  if (beat_at_ != base::Time{} && beat_at_ <= now) beat(now);
  while (!due_.empty() && due_.begin()->first <= now) serve(*due_.begin()->second, now);
  tend_questions(now);
}

base::Time Cluster::next_deadline() const {
  const base::Time room = due_.empty() ? base::Time::max() : due_.begin()->first;
  const base::Time beat = beat_at_ == base::Time{} ? base::Time::max() : beat_at_;
  base::Time next = std::min({room, beat, questions_.next_deadline()});
  for (const auto& [number, node] : nodes_.all()) {
    next = std::min(next, node.heard + NodeTable::kLease);
  }
  return next;
}

// ---- rooms

const std::string& Cluster::key_of(const std::string& name) {
  if (keys_.size() >= kMaxKnownKeys) keys_.clear();
  const auto found = keys_.find(name);
  if (found != keys_.end()) return found->second;
  return keys_.emplace(name, base::comparison_key(name)).first->second;
}

Cluster::Room* Cluster::find_room(const std::string& name) {
  auto found = rooms_.find(name);  // most names are their own keys
  if (found == rooms_.end()) found = rooms_.find(key_of(name));
  return found == rooms_.end() ? nullptr : found->second.get();
}

Cluster::Room* Cluster::find_or_make(const std::string& name, base::Time now) {
  if (Room* const known = find_room(name)) return known;
  const std::string& key = key_of(name);
  if (rooms_.size() >= kMaxRooms) return nullptr;
  auto made = std::make_unique<Room>(name, key, nodes_.self().node);
  Room* const room = rooms_.emplace(key, std::move(made)).first->second.get();
  room->sweep_at = now + Room::kSwept;
  room->due_at = room->sweep_at;
  due_.emplace(room->due_at, room);
  return room;
}

void Cluster::serve(Room& room, base::Time now) {
  if (room.sweep_at <= now) {
    room.sweep_at = now + Room::kSwept;
    room.table.tick(now);
    room.reserved.tick(room.table, now);
    for (const wire::NodeNumber node : room.table.quiet(now)) {
      results_.outgoing.push_back({to_node(node), wire::RoomAsked{room.table.name()}});
    }
  }
  send(room, room.sender.poll(room.table, version_, now));
  std::ranges::move(room.table.take_changes(), std::back_inserter(results_.changes));
  hear(room);
  const base::Time due_at =
      room.is_over() ? base::Time::max() : std::max(room.next_deadline(), now + kNotSooner);
  if (due_at == room.due_at) return;
  due_.erase({room.due_at, &room});
  room.due_at = due_at;
  if (room.is_over()) {
    rooms_.erase(std::string(room.table.key()));
  } else {
    due_.emplace(due_at, &room);
  }
}

void Cluster::send(Room& room, std::vector<wire::NodeBody> bodies) {
  if (bodies.empty()) return;
  const wire::NodeNumber keeper = keeper_of(room);
  const RoomTable& table = room.table;
  const bool hears = keeper == nodes_.self().node || table.has_people_of(keeper);
  for (wire::NodeBody& body : bodies) {
    if (!hears) results_.outgoing.push_back({to_node(keeper), body});
    results_.outgoing.push_back({{Target::Kind::kRoom, room.table.key(), 0}, std::move(body)});
  }
}

void Cluster::give_whole(Room& room, wire::NodeNumber to, base::Time now) {
  if (to == nodes_.self().node) return;
  for (wire::NodeBody& body : room.sender.whole(room.table, now)) {
    results_.outgoing.push_back({to_node(to), std::move(body)});
  }
}

void Cluster::hear(Room& room) {
  const bool wanted = !room.table.own().people().empty() || !room.questions.empty();
  if (std::exchange(room.heard, wanted) != wanted) {
    results_.hearing.emplace_back(room.table.key(), wanted);
  }
}

wire::NodeNumber Cluster::keeper_of(Room& room) {
  if (room.keeper_of_generation != nodes_.generation()) {
    room.keeper = nodes_.keeper(room.table.key());
    room.keeper_of_generation = nodes_.generation();
  }
  return room.keeper;
}

void Cluster::put(const std::string& room, const wire::Resident& who, base::Time now) {
  Room* const found = find_or_make(room, now);
  if (found == nullptr) return;
  found->table.put(who, now);
  serve(*found, now);
}

void Cluster::remove(const std::string& room, wire::SessionNumber session, wire::LeaveReason reason,
                     const std::string& why, base::Time now) {
  Room* const found = find_room(room);
  if (found == nullptr) return;
  found->table.remove(session, reason, why, now);
  serve(*found, now);
}

const RoomTable* Cluster::find(const std::string& room_key) const {
  const auto found = rooms_.find(room_key);
  return found == rooms_.end() ? nullptr : &found->second->table;
}

bool Cluster::knows(const wire::Sender& from) const {
  const auto found = nodes_.all().find(from.node);
  return found != nodes_.all().end() && found->second.who == from;
}

bool Cluster::speaks_for(const wire::Sender& from, const std::string& room_key,
                         wire::SessionNumber session) const {
  const RoomTable* const table = find(room_key);
  return knows(from) && table != nullptr && table->where(session) == from.node;
}

}  // namespace comcat::cluster
