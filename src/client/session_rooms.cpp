// How a session goes from room to room.

#include <optional>
#include <string>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/client/session.h"

#include "absl/status/status.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

constexpr int kUnauthenticated = static_cast<int>(absl::StatusCode::kUnauthenticated);

}  // namespace

std::string Session::passcode_of(const std::string& room) const {
  const auto known = room_passcodes_.find(base::comparison_key(room));
  return known == room_passcodes_.end() ? "" : known->second;
}

void Session::keep_place() {
  ports_.set_place(room_, seen_texts_.newest(room_), passcode_of(room_));
}

void Session::execute(const Move& wanted, base::Time now) {
  command(Kind::kJoin,
          wire::JoinRoom{wanted.room, seen_texts_.newest(wanted.room), passcode_of(wanted.room)},
          now);
}

void Session::execute(const MakeRoom& /*command*/, base::Time now) {
  command(Kind::kNewRoom, wire::NewRoom{}, now);
}

void Session::tell_new_room() {
  ports_.show(Report("new_room", "this room is new; others come in with: join " + shown_name(room_))
                  .with("room", room_));
}

bool Session::try_passcode(const UserCommand& refused, const wire::Outcome& outcome,
                           base::Time now) {
  if (refused.kind != Kind::kJoin || outcome.status != kUnauthenticated) return false;
  const auto& join = std::get<wire::JoinRoom>(refused.command.verb);
  const std::string key = base::comparison_key(join.room);
  room_passcodes_.erase(key);  // what was known is wrong
  const bool was_typed = !join.passcode.empty() && join.passcode != options_.room_passcode;
  if (was_typed) return false;
  if (join.passcode.empty() && !options_.room_passcode.empty()) {
    room_passcodes_[key] = options_.room_passcode;
    execute(Move{join.room}, now);
    return true;
  }
  if (ports_.ask_passcode("passcode of the room " + shown_name(join.room) + ": ")) {
    asked_room_ = join.room;
  } else {
    fail(refused, outcome.text + "; give it with --room_passcode_file or COMCAT_ROOM_PASSCODE");
  }
  return true;
}

void Session::on_passcode(const std::optional<std::string>& typed, base::Time now) {
  const std::string room = std::exchange(asked_room_, {});
  if (room.empty()) return;
  if (!typed || typed->empty()) {
    ports_.show(Report("error", "you stay in the room " + shown_name(room_))
                    .with("command", "join " + base::safe_text(room)));
    return;
  }
  room_passcodes_[base::comparison_key(room)] = *typed;
  execute(Move{room}, now);
}

}  // namespace comcat::client
