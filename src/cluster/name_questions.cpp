#include "comcat/cluster/name_questions.h"

#include <algorithm>
#include <utility>

#include "comcat/cluster/name_rules.h"

namespace comcat::cluster {

bool come_back(Question& question, wire::Resident former) {
  if (!may_come_back(make_person(former), question.who)) return false;
  const wire::Resident& now = question.who.resident;
  ++former.moves;
  former.key_hash = now.key_hash;
  former.member.away = false;
  former.member.name = now.member.name;
  former.member.about.client = now.member.about.client;
  come_back_as(question, std::move(former));
  return true;
}

void come_back_as(Question& question, wire::Resident moved) {
  question.who = make_person(std::move(moved));
  question.key_hash.clear();
  question.came_back = true;
}

std::uint64_t NameQuestions::add(Question question, base::Time now) {
  question.ask_at = now + kAskAgain;
  question.decide_at = now + kPatience;
  question.key_until = question.ask_at;
  waiting_.emplace(++last_id_, std::move(question));
  return last_id_;
}

Question* NameQuestions::find(std::uint64_t id) {
  const auto found = waiting_.find(id);
  return found == waiting_.end() ? nullptr : &found->second;
}

base::Time NameQuestions::next_deadline() const {
  base::Time next = base::Time::max();
  for (const auto& [id, question] : waiting_) {
    next = std::min({next, question.ask_at, question.decide_at});
  }
  return next;
}

}  // namespace comcat::cluster
