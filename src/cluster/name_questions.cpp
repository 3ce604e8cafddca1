#include "comcat/cluster/name_questions.h"

#include <algorithm>
#include <utility>

namespace comcat::cluster {

std::uint64_t NameQuestions::add(Question question, base::Time now) {
  question.ask_at = now + kAskAgain;
  question.decide_at = now + kPatience;
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
