#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/outgoing.h"
#include "comcat/cluster/room_part.h"

namespace comcat::cluster {

/// A question of this node's that waits for a room's keeper.
struct Question {
  std::string room;
  std::string room_key;
  Person who;
  wire::NodeNumber keeper = 0;  // who was asked last
  base::Time ask_at{};          // when to ask again
  base::Time decide_at{};       // when to decide without an answer
  std::string key_hash{};       // of the key by which they come back; empty: by none, or found
  base::Time key_until{};       // until when somebody may say who has it
  bool came_back = false;       // `who` is who they were
  std::optional<wire::NameAnswered> answer{};
};

/// Who asks was `former`, and has moved; false where that is somebody else.
bool come_back(Question& question, wire::Resident former);
/// Who asks is `moved`.
void come_back_as(Question& question, wire::Resident moved);

/// The questions that wait, with their deadlines. Threads: one. Time: the caller's.
class NameQuestions {
 public:
  static constexpr std::chrono::milliseconds kAskAgain{150};
  static constexpr std::chrono::milliseconds kPatience{600};

  /// The question's id, which is that of no other.
  std::uint64_t add(Question question, base::Time now);
  /// Null where it waits no more.
  [[nodiscard]] Question* find(std::uint64_t id);
  void erase(std::uint64_t id) { waiting_.erase(id); }
  [[nodiscard]] std::map<std::uint64_t, Question>& all() { return waiting_; }
  [[nodiscard]] base::Time next_deadline() const;

 private:
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Question> waiting_;
};

}  // namespace comcat::cluster
