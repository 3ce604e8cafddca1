#include "cluster/fake_cluster.h"

#include <algorithm>

#include "comcat/wire/cluster_convert.h"

namespace comcat::cluster {
namespace {

std::uint64_t ms_of(base::Time now) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count());
}

std::string described(const Person& person, wire::NodeNumber node) {
  const wire::Member& member = person.resident.member;
  return std::to_string(member.session) + " " + member.name + "/" + std::to_string(person.place()) +
         " at " + std::to_string(node) + (member.muted ? " muted" : "") +
         (member.away ? " away" : "");
}

}  // namespace

FakeNode::FakeNode(wire::NodeNumber number, std::uint64_t incarnation, base::Time now)
    : cluster({"home", number, incarnation}) {
  wire::Heartbeat heartbeat;
  heartbeat.name = "node" + std::to_string(number);
  cluster.tell(heartbeat, now);
}

std::uint64_t FakeNode::join(const std::string& room, const std::string& name, base::Time now,
                             const Ticket* ticket, const std::string& device) {
  wire::Resident who;
  who.member.session = session_number(number(), next_own_++);
  who.member.name = ticket == nullptr ? name : ticket->name;
  who.member.about.device = ticket == nullptr ? device : ticket->device;
  who.named_ms = ms_of(now);
  who.key_hash = make_key_hash();
  const std::string key_hash = ticket == nullptr ? "" : ticket->key_hash;
  const std::uint64_t id = cluster.ask(room, who, now, key_hash);
  asked_.emplace(id, Asked{room, who});
  return id;
}

void FakeNode::leave(const std::string& room, wire::SessionNumber session, base::Time now,
                     wire::LeaveReason reason) {
  cluster.remove(room, session, reason, "", now);
}

void FakeNode::set_away(const std::string& room, wire::SessionNumber session, base::Time now) {
  const Person* const person = cluster.find(room)->own().find(session);
  if (person == nullptr) return;
  wire::Resident who = person->resident;
  who.member.away = true;
  cluster.put(room, who, now);
}

void FakeNode::mute(const std::string& room, wire::SessionNumber session, bool muted,
                    base::Time now) {
  const Person* const person = cluster.find(room)->own().find(session);
  if (person == nullptr) return;
  wire::Resident who = person->resident;
  who.member.muted = muted;
  cluster.put(room, who, now);
}

std::vector<Outgoing> FakeNode::settle(base::Time now) {
  std::vector<Outgoing> outgoing;
  for (bool more = true; more;) {
    Results results = cluster.take_results();
    std::ranges::move(results.outgoing, std::back_inserter(outgoing));
    std::ranges::move(results.changes, std::back_inserter(changes));
    for (auto& [room, wanted] : results.hearing) {
      wanted ? static_cast<void>(hears.insert(room)) : static_cast<void>(hears.erase(room));
      hearing.emplace_back(std::move(room), wanted);
    }
    more = !results.decisions.empty();
    for (const Decision& decision : results.decisions) {
      decided[decision.id] = decision;
      auto asked = asked_.extract(decision.id);
      if (asked.empty() || !decision.status.ok()) continue;
      if (decision.former) asked.mapped().who = *decision.former;
      asked.mapped().who.member.twin = decision.twin;
      asked.mapped().who.member.away = false;
      entered[decision.id] = asked.mapped().who.member.session;
      cluster.put(asked.mapped().room, asked.mapped().who, now);
    }
  }
  return outgoing;
}

std::vector<std::string> FakeNode::view(const std::string& room) const {
  std::vector<std::string> out;
  const RoomTable* const table = cluster.find(room);
  if (table == nullptr) return out;
  for (const Person* const person : table->people()) {
    out.push_back(described(*person, table->where(person->resident.member.session)));
  }
  return out;
}

std::vector<wire::SessionNumber> FakeNode::own(const std::string& room) const {
  std::vector<wire::SessionNumber> out;
  const RoomTable* const table = cluster.find(room);
  if (table == nullptr) return out;
  for (const auto& [session, person] : table->own().people()) out.push_back(session);
  return out;
}

Ticket FakeNode::ticket(const std::string& room, wire::SessionNumber session) const {
  const wire::Resident& who = cluster.find(room)->own().find(session)->resident;
  return {room, who.member.name, who.member.about.device, who.key_hash};
}

/// As long as a hash, and another for each who comes.
std::string FakeNode::make_key_hash() {
  std::string out = std::to_string(number()) + "." + std::to_string(++last_key_) + ".";
  out.resize(wire::kKeyHashBytes, 'k');
  return out;
}

FakeNode& FakeCluster::start() {
  const wire::NodeNumber number = ++last_number_;
  auto& node = nodes_[number];
  node = std::make_unique<FakeNode>(number, random_(), now_);
  send(*node);
  return *node;
}

int FakeCluster::side(wire::NodeNumber node) const {
  const auto found = sides_.find(node);
  return found == sides_.end() ? 0 : found->second;
}

void FakeCluster::fly(wire::NodeNumber to,
                      const std::shared_ptr<const wire::NodeMessage>& message) {
  if (side(to) != side(message->from.node)) return;
  if (weather_.lost_percent > 0 && below(100) < weather_.lost_percent) return;
  const int copies = weather_.doubled_percent > 0 && below(100) < weather_.doubled_percent ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    const auto spread = static_cast<std::uint64_t>((weather_.most - weather_.least).count() + 1);
    const std::chrono::microseconds delay =
        weather_.least + std::chrono::microseconds(random_() % spread);
    flights_.push({now_ + delay, ++sent_, to, message});
  }
}

void FakeCluster::send(FakeNode& node) {
  std::vector<Outgoing> outgoing = node.settle(now_);
  for (const auto& [room, wanted] : std::exchange(node.hearing, {})) {
    std::set<wire::NodeNumber>& hearers = hearers_[room];
    wanted ? static_cast<void>(hearers.insert(node.number()))
           : static_cast<void>(hearers.erase(node.number()));
  }
  for (Outgoing& out : outgoing) {
    const auto message = std::make_shared<const wire::NodeMessage>(
        wire::NodeMessage{node.cluster.nodes().self(), std::move(out.body)});
    if (out.to.kind == Target::Kind::kNode) {
      fly(out.to.node, message);
      continue;
    }
    if (out.to.kind == Target::Kind::kAll) {
      for (const auto& [number, other] : nodes_) {
        if (number != node.number()) fly(number, message);
      }
      continue;
    }
    for (const wire::NodeNumber number : hearers_[out.to.room_key]) {
      if (number != node.number()) fly(number, message);
    }
  }
}

void FakeCluster::kill(wire::NodeNumber node) {
  for (const std::string& room : at(node).hears) hearers_[room].erase(node);
  nodes_.erase(node);
}

void FakeCluster::deliver(const Flight& flight) {
  const auto found = nodes_.find(flight.to);
  if (found == nodes_.end()) return;
  ++delivered_;
  static_cast<void>(found->second->cluster.receive(*flight.message, now_));
  send(*found->second);
}

void FakeCluster::run(std::chrono::microseconds time) {
  constexpr std::chrono::milliseconds kStep{20};
  const base::Time end = now_ + time;
  while (now_ < end) {
    const base::Time step = std::min(end, now_ + kStep);
    while (!flights_.empty() && flights_.top().at <= step) {
      const Flight flight = flights_.top();
      flights_.pop();
      now_ = std::max(now_, flight.at);
      deliver(flight);
    }
    now_ = step;
    for (auto& [number, node] : nodes_) {
      if (node->cluster.next_deadline() > now_) continue;
      node->cluster.tick(now_);
      send(*node);
    }
  }
}

std::string FakeCluster::disagreement(const std::string& room) const {
  const FakeNode* first = nullptr;
  for (const auto& [number, node] : nodes_) {
    if (node->own(room).empty()) continue;
    if (first == nullptr) first = node.get();
    if (node->view(room) == first->view(room)) continue;
    std::string text = "room " + room;
    for (const FakeNode* const it : {first, static_cast<const FakeNode*>(node.get())}) {
      text += "\n  as node " + std::to_string(it->number()) + " sees it:";
      for (const std::string& line : it->view(room)) text += "\n    " + line;
    }
    return text;
  }
  if (first == nullptr) return {};
  std::set<std::pair<std::string, std::uint32_t>> names;
  for (const Person* const person : first->cluster.find(room)->people()) {
    if (!names.emplace(person->name_key, person->place()).second) {
      return "two in " + room + " are " + person->name_key + " " + std::to_string(person->place());
    }
  }
  return {};
}

}  // namespace comcat::cluster
