#include "comcat/cluster/room_table.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "comcat/cluster/name_rules.h"

namespace comcat::cluster {

// ---- this node's own part

void RoomTable::put(wire::Resident resident, base::Time now) {
  const wire::SessionNumber session = resident.member.session;
  if (const Person* const before = own_.find(session)) {
    if (before->resident == resident) return;
  }
  own_.put(std::move(resident));
  own_changed_.insert(session);
  update({{session, {}}}, now);
}

void RoomTable::remove(wire::SessionNumber session, wire::LeaveReason reason,
                       const std::string& why, base::Time now) {
  const Person* const own = own_.find(session);
  if (own == nullptr) return;
  const wire::Gone gone{session, own->resident.moves, reason, why};
  end(gone, now);
  own_.erase(session);
  tell_gone(gone, now);
  update({{session, {}}}, now);
}

std::vector<wire::Gone> RoomTable::own_gone(base::Time now) {
  while (!own_gone_.empty() && own_gone_.front().until <= now) own_gone_.pop_front();
  std::vector<wire::Gone> out;
  for (const OwnGone& it : own_gone_) out.push_back(it.gone);
  return out;
}

// ---- the others'

void RoomTable::take(wire::NodeNumber from, const wire::RoomPart& part, base::Time now) {
  RoomPart& known = parts_[from];
  known.heard = now;
  known.lost_until.reset();
  apply(from, known.take(part, from), part.gone, now);
}

void RoomTable::take(wire::NodeNumber from, const wire::RoomDelta& delta, base::Time now) {
  const auto found = parts_.find(from);
  if (found == parts_.end()) return;
  apply(from, found->second.take(delta, from), delta.gone, now);
}

void RoomTable::apply(wire::NodeNumber from, RoomPart::Touches touches,
                      const std::vector<wire::Gone>& gone, base::Time now) {
  if (!ended_.empty()) {
    for (const auto& [session, person] : parts_.at(from).people()) {
      tell_ended(person.resident, now);
    }
  }
  for (const wire::Gone& one : gone) {
    if (end(one, now)) touches.push_back({one.session, {}});
  }
  update(touches, now);
}

/// A node may have somebody who came to it by a key that was spent elsewhere too, and has gone
/// there; or have been out of reach when that was said.
void RoomTable::tell_ended(const wire::Resident& who, base::Time now) {
  const wire::SessionNumber session = who.member.session;
  if (!has_ended(session, who.moves)) return;
  const Ended& ended = ended_.at(session);
  const bool is_told = std::ranges::any_of(own_gone_, [&](const OwnGone& it) {
    return it.gone.session == session && it.gone.moves == ended.moves && it.until > now;
  });
  if (!is_told) tell_gone({session, ended.moves, ended.reason, ended.why}, now);
}

void RoomTable::tell_gone(const wire::Gone& gone, base::Time now) {
  own_changed_.insert(gone.session);
  own_gone_.push_back({gone, now + kGoneTold});
  if (own_gone_.size() > wire::kMaxGone) own_gone_.pop_front();
}

void RoomTable::take_lost(const std::vector<wire::Lost>& lost, base::Time now) {
  RoomPart::Touches touches;
  for (const wire::Lost& it : lost) {
    if (it.node == self_) continue;
    tell_ended(it.who, now);
    const auto [found, is_new] = parts_.try_emplace(it.node);
    RoomPart& part = found->second;
    if (is_new) part.lost_until = now + std::min(kGrace, it.left);
    const wire::SessionNumber session = it.who.member.session;
    if (!part.lost_until || part.find(session) != nullptr) continue;
    part.put(it.who);
    touches.push_back({session, {}});
  }
  update(touches, now);
}

std::vector<wire::Lost> RoomTable::lost(base::Time now) const {
  std::vector<wire::Lost> out;
  for (const auto& [node, part] : parts_) {
    if (!part.lost_until || *part.lost_until <= now) continue;
    const auto left = std::chrono::floor<std::chrono::milliseconds>(*part.lost_until - now);
    for (const auto& [session, person] : part.people()) {
      if (out.size() >= wire::kMaxPageResidents) return out;
      if (where(session) == node) out.push_back({person.resident, node, left});
    }
  }
  return out;
}

void RoomTable::lose(wire::NodeNumber node, base::Time now) {
  const auto found = parts_.find(node);
  if (found == parts_.end()) return;
  found->second.lost_until = now + kGrace;
  update(found->second.set_away(), now);
}

void RoomTable::tick(base::Time now) {
  RoomPart::Touches touches;
  for (auto it = parts_.begin(); it != parts_.end();) {
    RoomPart& part = it->second;
    const bool over = part.lost_until ? *part.lost_until <= now : now - part.heard >= kUnsaid;
    if (over) std::ranges::move(part.clear(), std::back_inserter(touches));
    it = over ? parts_.erase(it) : std::next(it);
  }
  update(touches, now);
  std::erase_if(ended_, [&](const auto& entry) { return entry.second.until <= now; });
}

// ---- all

const RoomPart* RoomTable::part_of(wire::NodeNumber node) const {
  if (node == self_) return &own_;
  const auto found = parts_.find(node);
  return found == parts_.end() ? nullptr : &found->second;
}

const Person* RoomTable::person_at(wire::NodeNumber node, wire::SessionNumber session) const {
  const RoomPart* const part = part_of(node);
  return part == nullptr ? nullptr : part->find(session);
}

const Person* RoomTable::find(wire::SessionNumber session) const {
  return person_at(where(session), session);
}

wire::NodeNumber RoomTable::where(wire::SessionNumber session) const {
  const auto found = shown_.find(session);
  return found == shown_.end() ? wire::NodeNumber{0} : found->second.node;
}

bool RoomTable::has_ended(wire::SessionNumber session, std::uint32_t moves) const {
  const auto found = ended_.find(session);
  return found != ended_.end() && found->second.moves >= moves;
}

std::vector<const Person*> RoomTable::named(const std::string& name_key) const {
  std::vector<const Person*> out;
  const auto [begin, end] = by_name_.equal_range(name_key);
  for (auto it = begin; it != end; ++it) out.push_back(find(it->second));
  return out;
}

const Person* RoomTable::with_key(const std::string& key_hash) const {
  if (key_hash.empty()) return nullptr;
  for (const auto& [session, shown] : shown_) {
    const Person* const person = person_at(shown.node, session);
    if (person->resident.key_hash == key_hash) return person;
  }
  return nullptr;
}

std::vector<const Person*> RoomTable::people() const {
  std::vector<const Person*> out;
  out.reserve(shown_.size());
  for (const auto& [session, shown] : shown_) out.push_back(person_at(shown.node, session));
  return out;
}

std::vector<wire::NodeNumber> RoomTable::nodes() const {
  std::vector<wire::NodeNumber> out;
  for (const auto& [node, part] : parts_) {
    if (!part.people().empty()) out.push_back(node);
  }
  return out;
}

std::vector<wire::NodeNumber> RoomTable::quiet(base::Time now) const {
  std::vector<wire::NodeNumber> out;
  for (const auto& [node, part] : parts_) {
    const bool is_quiet = !part.people().empty() && now - part.heard >= kQuiet;
    if (is_quiet && !part.lost_until) out.push_back(node);
  }
  return out;
}

bool RoomTable::is_lost(wire::NodeNumber node) const {
  const auto found = parts_.find(node);
  return found != parts_.end() && found->second.lost_until.has_value();
}

bool RoomTable::has_people_of(wire::NodeNumber node) const {
  const RoomPart* const part = part_of(node);
  return part != nullptr && !part->lost_until && !part->people().empty();
}

// ---- what follows from the parts

wire::NodeNumber RoomTable::choose(wire::SessionNumber session) const {
  using Rank = std::tuple<std::uint32_t, bool, int>;  // of moves, there, of the lowest number
  std::optional<Rank> highest;
  wire::NodeNumber best = 0;
  const auto consider = [&](wire::NodeNumber node, const RoomPart& part) {
    const Person* const person = part.find(session);
    if (person == nullptr || has_ended(session, person->resident.moves)) return;
    const Rank rank{person->resident.moves, !part.lost_until, -int{node}};
    if (highest && rank < *highest) return;
    highest = rank;
    best = node;
  };
  consider(self_, own_);
  for (const auto& [node, part] : parts_) consider(node, part);
  return best;
}

bool RoomTable::end(const wire::Gone& gone, base::Time now) {
  if (has_ended(gone.session, gone.moves)) return false;
  if (ended_.size() >= kMaxEnded) ended_.erase(ended_.begin());
  ended_[gone.session] = {gone.moves, gone.reason, gone.why, now + kEndedKept};
  return true;
}

void RoomTable::update(const RoomPart::Touches& touches, base::Time now) {
  for (const RoomPart::Touch& touch : touches) update(touch);
  settle(now);
}

void RoomTable::update(const RoomPart::Touch& touch) {
  const wire::SessionNumber session = touch.session;
  const wire::NodeNumber before = where(session);
  const wire::NodeNumber best = choose(session);
  if (best != self_) {
    if (const Person* const own = own_.find(session)) drop_own(*own, best);
  }
  if (best == 0) {
    const Person* const last = person_at(before, session);
    hide(session);
    if (before == 0 || before == self_) return;
    if (last != nullptr) note_end(Change::Kind::kLeft, last->resident, before);
    if (last == nullptr && touch.last) note_end(Change::Kind::kLeft, *touch.last, before);
    return;
  }
  const Person& person = *person_at(best, session);
  show(session, best, person.name_key);
  if (best == self_ || before == self_) return;
  note(before == 0 ? Change::Kind::kJoined : Change::Kind::kChanged, person.resident, best);
}

void RoomTable::show(wire::SessionNumber session, wire::NodeNumber node,
                     const std::string& name_key) {
  Shown& shown = shown_[session];
  if (shown.node != 0 && shown.name_key == name_key) {
    shown.node = node;
    unsettled_.insert(name_key);
    return;
  }
  if (shown.node != 0) hide(session);
  shown_[session] = {node, name_key};
  by_name_.emplace(name_key, session);
  unsettled_.insert(name_key);
}

void RoomTable::hide(wire::SessionNumber session) {
  const auto found = shown_.find(session);
  if (found == shown_.end()) return;
  const auto [begin, end] = by_name_.equal_range(found->second.name_key);
  const auto entry =
      std::find_if(begin, end, [&](const auto& named) { return named.second == session; });
  if (entry != end) by_name_.erase(entry);
  shown_.erase(found);
}

void RoomTable::note(Change::Kind kind, const wire::Resident& who, wire::NodeNumber node) {
  changes_.push_back({kind, key_, who, node, {}, {}});
}

void RoomTable::note_end(Change::Kind kind, const wire::Resident& last, wire::NodeNumber node) {
  Change change{kind, key_, last, node, wire::LeaveReason::kLost, {}};
  const auto ended = ended_.find(last.member.session);
  if (ended != ended_.end() && ended->second.moves >= last.moves) {
    change.reason = ended->second.reason;
    change.why = ended->second.why;
  }
  changes_.push_back(std::move(change));
}

void RoomTable::drop_own(const Person& own, wire::NodeNumber best) {
  const wire::SessionNumber session = own.resident.member.session;
  own_changed_.insert(session);
  if (best == 0) {
    note_end(Change::Kind::kOwnEnded, own.resident, self_);
  } else {
    note(Change::Kind::kOwnMoved, person_at(best, session)->resident, best);
  }
  own_.erase(session);
}

// ---- names

void RoomTable::settle(base::Time now) {
  while (!unsettled_.empty()) {
    const std::string name_key = std::move(unsettled_.extract(unsettled_.begin()).value());
    if (by_name_.count(name_key) < 2) continue;
    drop_former_selves(name_key, now);
    renumber(name_key);
  }
}

void RoomTable::drop_former_selves(const std::string& name_key, base::Time now) {
  const std::vector<const Person*> namesakes = named(name_key);
  std::vector<wire::SessionNumber> former;
  for (const Person* const away : namesakes) {
    const bool is_former = std::ranges::any_of(namesakes, [&](const Person* person) {
      return away->is_older_than(*person) && is_former_self(*away, *person);
    });
    if (is_former) former.push_back(away->resident.member.session);
  }
  for (const wire::SessionNumber session : former) {
    const wire::NodeNumber node = where(session);
    if (node != self_ && !is_lost(node)) continue;  // its own node lets go of it
    const wire::Resident last = find(session)->resident;
    if (node == self_) note_end(Change::Kind::kOwnEnded, last, self_);
    if (node == self_) remove(session, wire::LeaveReason::kLost, "", now);
    if (node != self_) parts_[node].erase(session);
    update(RoomPart::Touch{session, last});
  }
}

void RoomTable::renumber(const std::string& name_key) {
  const std::vector<const Person*> namesakes = named(name_key);
  for (const Person* const person : namesakes) {
    const wire::SessionNumber session = person->resident.member.session;
    if (where(session) != self_) continue;
    const bool yields = std::ranges::any_of(namesakes, [&](const Person* other) {
      return other->place() == person->place() && other->is_older_than(*person) &&
             !is_former_self(*other, *person);
    });
    if (!yields) continue;
    wire::Resident renumbered = person->resident;
    renumbered.member.twin = next_place(*person, namesakes);
    note(Change::Kind::kRenumbered, renumbered, self_);
    own_.put(std::move(renumbered));
    own_changed_.insert(session);
  }
}

}  // namespace comcat::cluster
