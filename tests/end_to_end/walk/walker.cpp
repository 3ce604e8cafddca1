#include "end_to_end/walk/walker.h"

#include <algorithm>
#include <array>

namespace comcat::testing {
namespace {

constexpr std::array kRooms{"lobby", "attic", "cellar"};
constexpr int kDeedMs = 800;  // between two, at most
constexpr int kAwayMs = 3000;
constexpr int kStallMs = 6000;
constexpr int kTooManyCommands = 12;
constexpr std::chrono::milliseconds kTryAgain{100};
constexpr std::uint32_t kOk = 0;
constexpr std::uint32_t kNotFound = 5;
constexpr std::uint32_t kResourceExhausted = 8;

}  // namespace

Walker::Walker(int port, std::string name, unsigned seed)
    : port_(port), name_(std::move(name)), random_(seed) {}

void Walker::step(base::Time now) {
  listen(now);
  if (visitor_ == nullptr) {
    if (now >= plan_.come_at) come(now);
    return;
  }
  if (truth_.session == 0) return;
  if (visitor_->stalled() && now >= plan_.read_at) visitor_->read();
  if (plan_.talks) visitor_->speak(std::string(80, 'w'));
  if (now < plan_.next_deed) return;
  plan_.next_deed = now + up_to(kDeedMs);
  do_something(now);
}

bool Walker::rest(base::Time now) {
  plan_.talks = false;
  if (visitor_ != nullptr) visitor_->read();
  listen(now);
  if (visitor_ == nullptr && now >= plan_.come_at) come(now);
  return visitor_ != nullptr && truth_.session != 0 && asked_.empty();
}

bool Walker::has_stayed(const std::string& room, base::Time since) const {
  return truth_.session != 0 && truth_.room == room && truth_.in_room_since < since &&
         std::none_of(asked_.begin(), asked_.end(),
                      [](const Asked& it) { return it.command.has_join_room(); });
}

void Walker::do_something(base::Time now) {
  const std::size_t die = below(100);
  if (die < 25) {
    plan_.talks = !plan_.talks;
    ++deeds_["speaks or stops"];
  } else if (die < 85) {
    ask_something(now);
  } else if (die < 91) {
    visitor_->stall();
    plan_.read_at = now + up_to(kStallMs);
    ++deeds_["stalls"];
  } else if (die < 97) {
    vanish(now);
  } else {
    come(now);  // beside the stream that it has
  }
}

void Walker::vanish(base::Time now) {
  const std::size_t how = below(3);
  ++deeds_[std::array{"is cut", "cancels", "half-closes"}[how]];
  if (how == 0) visitor_->cut();
  if (how == 1) visitor_->cancel();
  if (how == 2) visitor_->stop();
  visitor_->read();  // else its end would not come
  plan_.come_at = now + kTryAgain + up_to(kAwayMs);
  plan_.next_deed = plan_.come_at;
  plan_.talks = false;
}

void Walker::come(base::Time now) {
  // Who comes while it is still there has to say who it is, for its name is taken.
  const bool is_there = visitor_ != nullptr;
  const bool resumes = is_there || below(2) == 0;
  ++deeds_[is_there ? "comes twice" : resumes ? "comes back" : "comes anew"];
  const std::string room = kRooms[below(kRooms.size())];
  visitor_ = std::make_unique<Visitor>(
      port_, Visitor::Hello{name_, room, resumes ? truth_.resume_key : ""});
  truth_ = {.in_room_since = now, .resume_key = truth_.resume_key};
  asked_.clear();
}

void Walker::ask(Command command, base::Time now) {
  command.set_trace_id(random_() + 1ULL);
  visitor_->send(command);
  asked_.push_back({std::move(command), now});
}

void Walker::ask_too_much(base::Time now) {
  for (int i = 0; i < kTooManyCommands; ++i) {
    Command command;
    command.mutable_set_mute()->set_muted(i % 2 == 0);
    ask(std::move(command), now);
  }
}

void Walker::ask_something(base::Time now) {
  const std::size_t die = below(8);
  ++deeds_[std::array{"asks too much", "mutes", "deafens", "moves", "lists rooms",
                      "asks who is there", "says", "says"}[die]];
  if (die == 0) return ask_too_much(now);
  Command command;
  if (die == 1) command.mutable_set_mute()->set_muted(below(2) == 0);
  if (die == 2) command.mutable_set_deafen()->set_deafened(below(2) == 0);
  if (die == 3) command.mutable_join_room()->set_room(kRooms[below(kRooms.size())]);
  if (die == 4) command.mutable_list_rooms()->set_names(below(2) == 0);
  if (die == 5) command.mutable_who()->set_room(kRooms[below(kRooms.size())]);
  if (die >= 6) command.mutable_say()->set_text(name_ + " says " + std::to_string(random_()));
  ask(std::move(command), now);
}

void Walker::listen(base::Time now) {
  if (visitor_ == nullptr) return;
  const bool over = visitor_->ended();  // asked before what came last is taken
  const Visitor::News news = visitor_->take_news();
  for (const std::string& sentence : news.wrong) complain(sentence);
  if (news.welcomed && truth_.session == 0) {
    truth_ = {.session = news.session,
              .room = news.room,
              .in_room_since = now,
              .resume_key = news.resume_key};
  }
  for (const ::Outcome& outcome : news.outcomes) take(outcome, now);
  if (!over) return;
  if (now >= plan_.come_at) ++deeds_["is sent away"];
  visitor_.reset();
  asked_.clear();
  plan_.come_at = std::max(plan_.come_at, now + kTryAgain);
  truth_ = {.resume_key = truth_.resume_key};
}

void Walker::take(const ::Outcome& outcome, base::Time now) {
  if (outcome.trace_id() == 0) return;  // the server warns
  const auto asked = std::find_if(asked_.begin(), asked_.end(), [&](const Asked& it) {
    return it.command.trace_id() == outcome.trace_id();
  });
  if (asked == asked_.end()) {
    complain("an outcome that nobody waits for: " + outcome.ShortDebugString());
    return;
  }
  const bool refused = outcome.status() == kResourceExhausted;  // which is said at once
  if (asked != asked_.begin() && !refused) complain("an outcome before that of an earlier command");
  if (outcome.status() == kOk) {
    obeyed(*asked, outcome, now);
  } else if (!refused && !(outcome.status() == kNotFound && asked->command.has_who())) {
    complain("refused: " + outcome.ShortDebugString());
  }
  asked_.erase(asked);
}

void Walker::obeyed(const Asked& asked, const ::Outcome& outcome, base::Time now) {
  const Command& command = asked.command;
  if (command.has_set_mute()) truth_.muted = command.set_mute().muted();
  if (command.has_set_deafen()) truth_.deafened = command.set_deafen().deafened();
  if (command.has_who() && outcome.roster().room() != command.who().room()) {
    complain("asked who is in " + command.who().room() + " and told of " + outcome.roster().room());
  }
  if (command.has_say()) said_.push_back({command.say().text(), truth_.room, asked.at});
  if (!command.has_join_room()) return;
  if (outcome.roster().room() != command.join_room().room()) complain("moved elsewhere");
  if (truth_.room != outcome.roster().room()) truth_.in_room_since = now;
  truth_.room = outcome.roster().room();
}

}  // namespace comcat::testing
