#include "comcat/server/cluster_link.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>
#include <variant>

#include "comcat/base/unicode.h"
#include "comcat/server/participant.h"
#include "comcat/server/room.h"
#include "comcat/wire/cluster_convert.h"

#include "node_number.h"

namespace comcat::server {
namespace {

using ChangeKind = cluster::Change::Kind;

/// Whom an event is about, where it is not told whole.
wire::SessionNumber subject_of(const wire::Event& event) {
  return std::visit(
      [](const auto& it) -> wire::SessionNumber {
        if constexpr (requires { it.session; }) return it.session;
        return 0;
      },
      event);
}

std::uint64_t wall_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace

ClusterLink::ClusterLink(const ClusterOptions& options, std::size_t max_speakers, Metrics& metrics)
    : options_(options),
      metrics_(metrics),
      cluster_(options.self),
      neighbours_(options, metrics),
      voice_(max_speakers) {
  options_.outlet->listen({Topic::Kind::kNodes});
  options_.outlet->listen({Topic::Kind::kNode, {}, options_.self.node});
}

// ---- from the other nodes

void ClusterLink::take(const std::vector<FromNode>& messages, base::Time now) {
  for (const FromNode& message : messages) take(message, now);
  settle(now);
}

void ClusterLink::take(const FromNode& message, base::Time now) {
  const absl::StatusOr<wire::NodeMessage> parsed = wire::parse_node_message(
      std::as_bytes(std::span(message.bytes)), options_.self.cluster, node_number(message.sender));
  if (absl::IsUnimplemented(parsed.status())) return;
  if (!parsed.ok() || parsed->from.incarnation != message.sender) {
    metrics_.node_messages_refused.fetch_add(1);
    return;
  }
  if (const auto* const told = std::get_if<wire::Heartbeat>(&parsed->body);
      told != nullptr && parsed->from.node == options_.self.node) {
    Neighbours::note_taken(*told, parsed->from.node);
  }
  if (const auto* const voice = std::get_if<wire::RoomVoice>(&parsed->body)) {
    hear(*parsed, *voice, now);
  } else if (!cluster_.receive(*parsed, now) || !oblige(*parsed, now)) {
    metrics_.node_messages_refused.fetch_add(1);
  }
}

bool ClusterLink::oblige(const wire::NodeMessage& message, base::Time now) {
  return errands_.take(message.from.node, message.body, now) || !house_.oblige ||
         house_.oblige(message, now);
}

void ClusterLink::hear(const wire::NodeMessage& message, const wire::RoomVoice& voice,
                       base::Time now) {
  const std::string key = base::comparison_key(voice.room);
  Room* const room = house_.find(key);
  if (room == nullptr) return;
  for (const wire::VoicePacket& packet : voice.packets) {
    if (cluster_.speaks_for(message.from, key, packet.speaker) && room->hear(packet, now)) {
      metrics_.remote_frames_in.fetch_add(1, std::memory_order_relaxed);
    } else {
      metrics_.node_messages_refused.fetch_add(1);
    }
  }
}

void ClusterLink::follow(const cluster::Change& change, base::Time now) {
  const wire::Member& member = change.who.member;
  const wire::Left left{member.session, change.reason, change.why};
  Room* const room = heard_.contains(change.room_key) ? house_.find(change.room_key) : nullptr;
  switch (change.kind) {
    case ChangeKind::kOwnMoved:
      return let_move(change, now);
    case ChangeKind::kOwnEnded:
      return house_.lose(left, now);
    case ChangeKind::kJoined:
    case ChangeKind::kChanged:
      if (room != nullptr) room->put_elsewhere(participant_of(member), now);
      return;
    case ChangeKind::kLeft:
      if (room != nullptr) room->remove_elsewhere(left, now);
      return;
    case ChangeKind::kRenumbered:
      if (room != nullptr) house_.renumber(member.session, member.twin, now);
      return;
  }
}

/// Who was here and is there now is heard of as before, if anybody is here to hear of them.
void ClusterLink::let_move(const cluster::Change& change, base::Time now) {
  const wire::Member& member = change.who.member;
  named_ms_.erase(member.session);
  voice_.remove(change.room_key, member.session);
  house_.move_out(participant_of(member), now);
  Room* const room = house_.find(change.room_key);
  if (room != nullptr && !heard_.contains(change.room_key)) room->forget_elsewhere();
}

// ---- to them

void ClusterLink::tell(const Room& room, const wire::Event& event, base::Time now) {
  if (const auto* const joined = std::get_if<wire::Joined>(&event)) {
    put(room, joined->member, now);
    if (!settling_) settle(now);  // before the newcomer is told who is there
    Room* const entered = house_.find(room.key());
    if (entered != nullptr && !entered->has_elsewhere()) fill(*entered);  // heard before it began
  } else if (const auto* const changed = std::get_if<wire::MemberChanged>(&event)) {
    put(room, changed->member, now);
  } else if (const auto* const left = std::get_if<wire::Left>(&event)) {
    named_ms_.erase(left->session);
    voice_.remove(room.key(), left->session);
    cluster_.remove(room.name(), left->session, left->reason, left->why, now);
  } else if (const Participant* const who = room.find_here(subject_of(event))) {
    put(room, who->member(), now);
  }
}

void ClusterLink::come(const std::string& room, const Participant& who, const std::string& key_hash,
                       OnCome done, base::Time now) {
  const wire::Resident resident{who.member(), wall_ms(), who.entries + 1, who.key_hash};
  const std::uint64_t id = cluster_.ask(room, resident, now, key_hash);
  asked_.emplace(id, std::move(done));
  settle(now);
}

void ClusterLink::ask_nodes(const std::vector<wire::NodeNumber>& nodes,
                            const MakeQuestion& question, Errands::Done done, base::Time now) {
  const wire::NodeBody body = question(errands_.add(nodes, std::move(done), now));
  for (const wire::NodeNumber node : nodes) send(node, body);
}

void ClusterLink::send(wire::NodeNumber node, const wire::NodeBody& body) {
  send(cluster::Outgoing{{cluster::Target::Kind::kNode, {}, node}, body});
}

void ClusterLink::decide(const cluster::Decision& decision, base::Time now) {
  auto asked = asked_.extract(decision.id);
  if (!asked.empty()) asked.mapped()(decision, now);
}

void ClusterLink::put(const Room& room, const wire::Member& member, base::Time now) {
  const Participant* const who = room.find_here(member.session);
  const std::uint64_t named = named_ms_.try_emplace(member.session, wall_ms()).first->second;
  wire::Resident resident{member, named, 0, {}};
  if (who != nullptr) {
    resident.moves = who->entries;
    resident.key_hash = who->key_hash;
  }
  cluster_.put(room.name(), resident, now);
}

void ClusterLink::speak(const Room& room, const Participant& speaker,
                        const wire::VoicePacket& frame, base::Time now) {
  if (voice_.speak(room.key(), room.name(), speaker.share, frame, now)) {
    metrics_.remote_frames_out.fetch_add(1, std::memory_order_relaxed);
  }
}

void ClusterLink::silence(const Room& room, const Participant& speaker) {
  voice_.silence(room.key(), speaker.number);
}

void ClusterLink::say_going(bool ends, base::Time now) {
  cluster_.tell(neighbours_.going(ends), now);
  settle(now);
}

// ---- both

void ClusterLink::tick(base::Time now) {
  const bool beats = now >= neighbours_.next_deadline();
  if (beats) {
    wire::Heartbeat told = neighbours_.measure(now);
    if (house_.records) told.records = house_.records();
    cluster_.tell(told, now);
  }
  cluster_.tick(now);
  errands_.tick(now);
  settle(now);
  if (beats) look_at_others(now);
  voice_.flush(options_.self, *options_.outlet);
}

base::Time ClusterLink::next_deadline() const {
  return std::min(
      {neighbours_.next_deadline(), cluster_.next_deadline(), errands_.next_deadline()});
}

void ClusterLink::settle(base::Time now) {
  const bool was_settling = std::exchange(settling_, true);
  // What is done to those who are here may come back as something to be said.
  for (;;) {
    const cluster::Results results = cluster_.take_results();
    for (const cluster::Outgoing& out : results.outgoing) send(out);
    for (const auto& [node, heard] : results.nodes) {
      neighbours_.note(node, heard, cluster_.nodes());
      if (heard == cluster::NodeTable::Heard::kEnded) errands_.lose(node, now);
    }
    if (!results.nodes.empty()) look_at_others(now);
    for (const auto& [key, wanted] : results.hearing) listen(key, wanted);
    for (const cluster::Change& change : results.changes) follow(change, now);
    for (const cluster::Decision& decision : results.decisions) decide(decision, now);
    if (results.changes.empty() && results.decisions.empty()) break;
  }
  settling_ = was_settling;
}

void ClusterLink::look_at_others(base::Time now) {
  if (neighbours_.look_at(cluster_.nodes())) house_.others_changed(now);
}

void ClusterLink::listen(const std::string& room_key, bool wanted) {
  for (const Topic::Kind kind : {Topic::Kind::kPeople, Topic::Kind::kVoice}) {
    if (wanted) {
      options_.outlet->listen({kind, room_key});
    } else {
      options_.outlet->ignore({kind, room_key});
    }
  }
  Room* const room = house_.find(room_key);
  if (wanted) {
    heard_.insert(room_key);
    if (room != nullptr) fill(*room);
  } else {
    heard_.erase(room_key);
    voice_.forget(room_key);
    if (room != nullptr) room->forget_elsewhere();
  }
}

void ClusterLink::fill(Room& room) {
  const cluster::RoomTable* const table = cluster_.find(room.key());
  if (table == nullptr) return;
  for (const cluster::Person* const person : table->people()) {
    const wire::Member& member = person->resident.member;
    if (table->where(member.session) != options_.self.node) {
      room.know_elsewhere(participant_of(member));
    }
  }
}

void ClusterLink::send(const cluster::Outgoing& out) {
  Topic topic{Topic::Kind::kNodes};
  if (out.to.kind == cluster::Target::Kind::kRoom) topic = {Topic::Kind::kPeople, out.to.room_key};
  if (out.to.kind == cluster::Target::Kind::kNode) topic = {Topic::Kind::kNode, {}, out.to.node};
  options_.outlet->send(topic, wire::encode_node_message(options_.self, out.body));
}

std::string ClusterLink::described(base::Time now) const {
  return neighbours_.described(cluster_.nodes(), now);
}

}  // namespace comcat::server
