// Who may have which name: what a node asks, and what the keeper of a room answers.

#include <algorithm>

#include "comcat/cluster/cluster.h"
#include "comcat/cluster/name_rules.h"

#include "cluster_room.h"

namespace comcat::cluster {

namespace {

/// Who has the question's key, as far as is known here, is who asks. Whose node was lost as soon as
/// they had come may have the name, and be in no table yet.
void look_up(Question& question, const RoomTable& table, const Reservations& reserved) {
  if (question.key_hash.empty()) return;
  const Person* former = table.with_key(question.key_hash);
  if (former == nullptr) former = reserved.with_key(question.key_hash);
  if (former != nullptr) come_back(question, former->resident);
}

}  // namespace

std::uint64_t Cluster::ask(const std::string& room, const wire::Resident& who, base::Time now,
                           const std::string& key_hash) {
  Room* const found = find_or_make(room, now);
  Question question{room, key_of(room), make_person(who), 0, {}, {}, key_hash};
  if (found != nullptr) look_up(question, found->table, found->reserved);
  const std::uint64_t id = questions_.add(std::move(question), now);
  if (found == nullptr) {
    questions_.erase(id);
    results_.decisions.push_back(
        {id, absl::ResourceExhaustedError("the cluster has all the rooms it may have"), 0, {}});
    return id;
  }
  Question& waiting = *questions_.find(id);
  if (found->table.own().people().empty() || !waiting.key_hash.empty()) ask_room(waiting);
  found->questions.push_back(id);
  hear(*found);
  ask_keeper(id, waiting, now);
  if (is_ready(waiting, now)) decide(id, now);
  return id;
}

void Cluster::forget(std::uint64_t id, base::Time now) {
  const Question* const question = questions_.find(id);
  if (question == nullptr) return;
  const auto found = rooms_.find(question->room_key);
  questions_.erase(id);
  if (found == rooms_.end()) return;
  std::erase(found->second->questions, id);
  serve(*found->second, now);
}

void Cluster::ask_room(const Question& question) {
  results_.outgoing.push_back({{Target::Kind::kRoom, question.room_key, 0},
                               wire::RoomAsked{question.room, question.key_hash}});
}

void Cluster::ask_keeper(std::uint64_t id, Question& question, base::Time now) {
  Room* const room = rooms_.at(question.room_key).get();
  question.keeper = keeper_of(*room);
  question.ask_at = now + NameQuestions::kAskAgain;
  const wire::NameAsked asked{id, question.room, question.who.resident, question.key_hash};
  if (question.keeper == nodes_.self().node) {
    question.answer = answer(*room, nodes_.self().node, asked, now);
  } else {
    results_.outgoing.push_back({{Target::Kind::kNode, {}, question.keeper}, asked});
  }
}

wire::NameAnswered Cluster::answer(Room& room, wire::NodeNumber from, const wire::NameAsked& asked,
                                   base::Time now) {
  Question question{asked.room, {}, make_person(asked.who), from, {}, {}, asked.key_hash};
  look_up(question, room.table, room.reserved);
  wire::NameAnswered answered =
      room.reserved.ask(from, {asked.id, asked.room, question.who.resident}, room.table, now);
  if (question.came_back) answered.former = question.who.resident;
  for (const wire::NodeNumber node : room.table.nodes()) {
    if (node != from && nodes_.is_alive(node)) answered.nodes.push_back(node);
  }
  if (from != nodes_.self().node && !room.table.own().people().empty()) {
    answered.nodes.push_back(nodes_.self().node);
  }
  return answered;
}

/// The nodes of which the keeper knows that they have somebody, and we do not know whom.
std::vector<wire::NodeNumber> Cluster::missing(const Question& question) const {
  std::vector<wire::NodeNumber> out;
  const RoomTable& table = *find(question.room_key);
  for (const wire::NodeNumber node : question.answer->nodes) {
    const bool is_known = node == nodes_.self().node || table.has_part(node);
    if (!is_known && nodes_.is_alive(node)) out.push_back(node);
  }
  return out;
}

/// Whether all is known that the keeper knows, so that who enters sees who is there. That nobody
/// has a key is believed once whoever is in the room had time to say so: the keeper may be new.
bool Cluster::is_ready(const Question& question, base::Time now) const {
  const bool key_is_sought = !question.key_hash.empty() && now < question.key_until;
  if (!question.answer || (key_is_sought && !nodes_.all().empty())) return false;
  return question.answer->status != 0 || missing(question).empty();
}

/// What has been asked may be lost, or its answer.
void Cluster::ask_again(std::uint64_t id, Question& question, base::Time now) {
  if (!question.key_hash.empty()) ask_room(question);
  if (!question.answer) {
    ask_keeper(id, question, now);
    return;
  }
  question.ask_at = now + NameQuestions::kAskAgain;
  for (const wire::NodeNumber node : missing(question)) {
    results_.outgoing.push_back({{Target::Kind::kNode, {}, node}, wire::RoomAsked{question.room}});
  }
}

void Cluster::tend_questions(base::Time now) {
  std::vector<std::uint64_t> ready;
  for (auto& [id, question] : questions_.all()) {
    if (question.ask_at <= now) ask_again(id, question, now);
    if (is_ready(question, now) || question.decide_at <= now) ready.push_back(id);
  }
  for (const std::uint64_t id : ready) decide(id, now);
}

void Cluster::decide(std::uint64_t id, base::Time now) {
  Question question = *questions_.find(id);
  questions_.erase(id);
  Room& room = *rooms_.at(question.room_key);  // it lasts while a question waits
  const bool was_back = question.came_back;
  look_up(question, room.table, room.reserved);
  if (question.came_back && !was_back) question.answer.reset();  // that was of another
  const wire::NameAsked asked{id, question.room, question.who.resident, {}};
  wire::NameAnswered answered =
      question.answer ? *question.answer : answer(room, nodes_.self().node, asked, now);
  if (answered.status == 0) {  // the keeper may be new, and know less than we do
    const auto place = free_place(question.who, room.table.named(question.who.name_key));
    if (!place.ok()) answered.status = static_cast<int>(place.status().code());
    if (place.ok()) answered.twin = std::max(answered.twin, *place);
  }
  Decision decision{
      id, absl::Status(static_cast<absl::StatusCode>(answered.status), ""), answered.twin, {}};
  if (question.came_back) {
    decision.former = question.who.resident;
    decision.former->member.twin = answered.twin;
  }
  results_.decisions.push_back(std::move(decision));
  std::erase(room.questions, id);
  serve(room, now);
}

}  // namespace comcat::cluster
