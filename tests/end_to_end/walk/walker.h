#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"

#include "calling.pb.h"
#include "end_to_end/walk/visitor.h"

namespace comcat::testing {

/// One who does at random what callers do, well or badly: speaks, commands, moves, stops reading,
/// vanishes and comes back. It knows what must be true of it from the outcomes of its commands.
///
/// Threads    a test's one.
class Walker {
 public:
  /// What is true of it, by all outcomes so far.
  struct Truth {
    unsigned session = 0;  // 0: it is away, or not welcomed yet
    std::string room{};
    bool muted = false;
    bool deafened = false;
    base::Time in_room_since{};
    std::string resume_key;
  };
  /// A text that the server took.
  struct Said {
    std::string text;
    std::string room;
    base::Time asked{};
  };

  Walker(int port, std::string name, unsigned seed);

  /// Does what is due at `now`: at times something new.
  void step(base::Time now);
  /// Begins nothing more, reads what waits, comes back where it was away. True once it is in and
  /// has all its answers.
  [[nodiscard]] bool rest(base::Time now);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Truth& truth() const { return truth_; }
  /// Null while it is away.
  [[nodiscard]] Visitor* visitor() { return visitor_.get(); }
  /// True where it has been in `room` since before `since` and has not asked to go.
  [[nodiscard]] bool has_stayed(const std::string& room, base::Time since) const;
  /// The texts that were taken from it since the last call.
  [[nodiscard]] std::vector<Said> take_said() { return std::exchange(said_, {}); }
  /// What must not be, since the last call: a sentence each.
  [[nodiscard]] std::vector<std::string> take_wrong() { return std::exchange(wrong_, {}); }
  /// How often it has done what.
  [[nodiscard]] const std::map<std::string, int>& deeds() const { return deeds_; }

 private:
  struct Asked {
    Command command;
    base::Time at;
  };
  struct Plan {
    base::Time next_deed{};
    base::Time read_at{};  // stalled until then
    base::Time come_at{};  // away until then
    bool talks = false;
  };

  void do_something(base::Time now);
  void vanish(base::Time now);
  void come(base::Time now);
  void ask(Command command, base::Time now);
  void ask_something(base::Time now);
  void ask_too_much(base::Time now);
  /// Takes what has come; where the stream is over, it is away.
  void listen(base::Time now);
  void take(const ::Outcome& outcome, base::Time now);
  void obeyed(const Asked& asked, const ::Outcome& outcome, base::Time now);
  void complain(const std::string& sentence) { wrong_.push_back(name_ + ": " + sentence); }
  [[nodiscard]] std::size_t below(std::size_t count) { return random_() % count; }
  [[nodiscard]] std::chrono::milliseconds up_to(std::size_t ms) {
    return std::chrono::milliseconds(below(ms));
  }

  const int port_;
  const std::string name_;
  std::mt19937 random_;
  Plan plan_;
  std::unique_ptr<Visitor> visitor_;
  Truth truth_;
  std::deque<Asked> asked_;
  std::vector<Said> said_;
  std::vector<std::string> wrong_;
  std::map<std::string, int> deeds_;
};

}  // namespace comcat::testing
