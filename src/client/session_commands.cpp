// What a session does with the user's commands, and with the server's answers to them.

#include <algorithm>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/client/session.h"
#include "comcat/client/words.h"
#include "comcat/wire/limits.h"

#include "shown_name.h"

namespace comcat::client {
namespace {

Report error(const std::string& sentence) {
  return {"error", sentence};
}

/// Who is in `room`: no names, all, or as many as the server had space for.
std::string names_in(const wire::RoomInfo& room) {
  std::string out;
  for (const std::string& name : room.names) out += (out.empty() ? ": " : ", ") + shown_name(name);
  const std::size_t missing = room.members - std::min<std::size_t>(room.names.size(), room.members);
  if (!out.empty() && missing > 0) out += ", and " + std::to_string(missing) + " more";
  return out;
}

Report rooms_report(const std::vector<wire::RoomInfo>& rooms, const std::string& here) {
  std::string text = "rooms:";
  std::vector<Object> objects;
  for (const wire::RoomInfo& room : rooms) {
    text += "\n  " + shown_name(room.name) + " (" + std::to_string(room.members) + ")" +
            (room.asks_passcode ? ", with a passcode" : "") +
            (room.name == here ? ", where you are" : "") + names_in(room);
    std::vector<Object> people;
    for (const std::string& name : room.names) people.emplace_back().with("name", name);
    Object object;
    object.with("name", room.name).with("members", static_cast<std::int64_t>(room.members));
    if (room.asks_passcode) object.with("passcode", true);
    if (!people.empty()) object.with("people", std::move(people));
    objects.push_back(std::move(object));
  }
  return Report("rooms", text).with("rooms", std::move(objects));
}

}  // namespace

void Session::command(Kind kind, decltype(wire::Command::verb) verb, base::Time now) {
  report(outbox_.give(kind, std::move(verb), now, std::exchange(asker_, std::nullopt)));
}

void Session::report(const CommandOutbox::Unsent& unsent) {
  for (const auto& entry : unsent) {  // clang 14 lets no lambda have a binding
    const UserCommand& it = entry.first;
    const absl::Status& why = entry.second;
    // A state that cannot be told now is told with the next welcome.
    with_asker(it.asker, [&] {
      if (answer_quietly(it.kind, {})) return;
      if (!it.is_state() || !absl::IsUnavailable(why)) fail(it, std::string(why.message()));
    });
  }
}

void Session::on_line(const std::string& line, base::Time now) {
  if (options_.json && is_json(line)) return execute_json(line, now);
  const absl::StatusOr<ConsoleCommand> parsed = parse_command(line);
  if (!parsed.ok()) {
    not_a_command(line, std::string(parsed.status().message()), now);
    return;
  }
  with_line(line, [&] { std::visit([&](const auto& it) { execute(it, now); }, *parsed); });
}

void Session::not_a_command(const std::string& line, const std::string& why, base::Time now) {
  const std::optional<std::string> text = plain_text(line);
  const absl::Status fits = text ? wire::check_text(*text) : absl::OkStatus();
  if (!fits.ok() && options_.plain_text != PlainText::kHint) {
    return show(error(std::string(fits.message())).with("command", line));
  }
  const bool says = options_.plain_text == PlainText::kSay ||
                    (options_.plain_text == PlainText::kSayAfterHint && hinted_);
  if (text && says) return execute(SayText{*text}, now);
  std::string sentence = why;
  if (text && options_.plain_text == PlainText::kSayAfterHint) {
    hinted_ = true;
    sentence = why.substr(0, why.find_first_of(";:")) +
               "; this line was not said, but from here on lines like it are said to your room";
  }
  show(error(sentence).with("command", line));
}

void Session::execute(const Nothing& /*command*/, base::Time /*now*/) {}

void Session::execute(const MuteSelf& wanted, base::Time now) {
  if (const absl::Status status = ports_.set_muted(wanted.muted); !status.ok()) {
    show(error(std::string(status.message())));
    return;
  }
  const bool changed = std::exchange(muted_, wanted.muted) != wanted.muted;
  const std::string state = wanted.muted ? "muted: nobody hears you" : "unmuted: they hear you";
  const bool in_vain = !wanted.muted && muted_by_host();
  show(Report(wanted.muted ? "you_muted" : "you_unmuted",
              in_vain ? "a host has muted you, and only a host can change that"
                      : (changed ? "you are " : "you were already ") + state));
  if (changed) command(Kind::kSetMute, wire::SetMute{muted_}, now);
}

void Session::execute(const DeafenSelf& wanted, base::Time now) {
  if (const absl::Status status = ports_.set_deafened(wanted.deafened); !status.ok()) {
    show(error(std::string(status.message())));
    return;
  }
  const bool changed = std::exchange(deafened_, wanted.deafened) != wanted.deafened;
  const std::string state = wanted.deafened ? std::string("deafened: you hear nobody") +
                                                  (muted_ ? "" : ", but they hear you")
                                            : "undeafened: you hear them";
  show(Report(wanted.deafened ? "you_deafened" : "you_undeafened",
              (changed ? "you are " : "you were already ") + state));
  if (changed) command(Kind::kSetDeafen, wire::SetDeafen{deafened_}, now);
}

void Session::execute(const Stop& /*command*/, base::Time /*now*/) {
  finish();
}

void Session::execute(const Help& /*command*/, base::Time /*now*/) {
  show(Report("help", command_help()));
}

void Session::execute(const Who& wanted, base::Time now) {
  const bool elsewhere =
      !wanted.room.empty() && base::comparison_key(wanted.room) != base::comparison_key(room_);
  if (elsewhere) return command(Kind::kWho, wire::Who{wanted.room}, now);
  show(Report("who", who(members_.size()) + details(members()))
           .with("room", room_)
           .with("members", member_objects()));
}

bool Session::is_oneself(const std::string& name) const {
  if (base::comparison_key(name) == base::comparison_key(options_.name)) return true;
  const wire::Member* const found = find_person(name);
  return found != nullptr && found->session == self_;
}

const wire::Member* Session::find_person(const std::string& name) const {
  const std::string key = base::comparison_key(name);
  const auto one_who = [&](auto&& name_of) {
    const auto found = std::ranges::find_if(members_, [&](const auto& entry) {
      return base::comparison_key(name_of(entry.second)) == key;
    });
    return found == members_.end() ? nullptr : &found->second;
  };
  const wire::Member* const found = one_who([](const wire::Member& it) { return it.name; });
  return found != nullptr ? found : one_who(full_name);
}

ServerMemory Session::memory() const {
  if (forgot_) return {"", false, people_.all()};
  if (options_.remembers_place) return {room_, muted_, people_.all()};
  return {options_.memory.room, options_.memory.muted, people_.all()};
}

void Session::apply_volumes() {
  for (const auto& [session, member] : members_) ports_.set_gain(session, people_.gain(member));
  ports_.remember(memory());
}

void Session::execute(const Volume& wanted, base::Time /*now*/) {
  if (is_oneself(wanted.name)) {
    show(error("that is you; others set how loud they hear you"));
    return;
  }
  const wire::Member* const member = find_person(wanted.name);
  people_.set_volume(wanted.name, member, wanted.percent);
  apply_volumes();
  const std::string name =
      member != nullptr ? member->name : base::safe_text(wanted.name, 128, base::Joiners::kKept);
  show(Report("volume", "you hear " + shown_name(name) + " at " + std::to_string(wanted.percent) +
                            " %" +
                            (member != nullptr ? "" : " once someone of that name is in your room"))
           .with("name", name)
           .with("percent", std::int64_t{wanted.percent}));
}

void Session::execute(const IgnorePerson& wanted, base::Time /*now*/) {
  if (is_oneself(wanted.name)) {
    show(error("that is you; mute keeps the others from hearing you"));
    return;
  }
  const wire::Member* const member = find_person(wanted.name);
  people_.set_ignored(wanted.name, member, wanted.ignored);
  apply_volumes();
  const std::string name =
      member != nullptr ? member->name : base::safe_text(wanted.name, 128, base::Joiners::kKept);
  show(Report(wanted.ignored ? "ignored" : "unignored",
              wanted.ignored
                  ? "you ignore " + shown_name(name) + ": neither voice nor texts reach you"
                  : "you no longer ignore " + shown_name(name))
           .with("name", name));
}

void Session::execute(const ForgetAll& /*command*/, base::Time /*now*/) {
  people_.forget();
  forgot_ = true;
  for (const auto& [session, member] : members_) ports_.set_gain(session, 1.0F);
  ports_.remember(ServerMemory{});
  show(Report("forgotten", "forgotten what was remembered of " + options_.server +
                               ": volumes, who is ignored, room and mute"));
}

void Session::execute(const Rooms& wanted, base::Time now) {
  command(Kind::kRooms, wire::ListRooms{wanted.names}, now);
}

void Session::execute(const SayText& wanted, base::Time now) {
  command(Kind::kSay, wire::Say{wanted.text}, now);
}

void Session::execute(const HostWords& wanted, base::Time now) {
  command(Kind::kHost, wire::HostWords{wanted.words}, now);
}

void Session::execute(const ClaimName& /*command*/, base::Time now) {
  command(Kind::kClaim, wire::Claim{}, now);
}

void Session::execute(const PairDevice& /*command*/, base::Time now) {
  command(Kind::kPair, wire::Pair{}, now);
}

void Session::execute(const ShowStats& /*command*/, base::Time now) {
  // The answer to a small question is the round trip; the figures are shown when it is here.
  command(Kind::kProbe, wire::ListRooms{}, now);
}

void Session::ask_rooms(base::Time now) {
  command(Kind::kRoomNames, wire::ListRooms{}, now);
}

void Session::show_stats(const wire::RoomList& told) {
  Statistics statistics = ports_.statistics();
  statistics.round_trip = round_trip_;
  statistics.self = self_;
  for (const auto& [session, ms] : told.round_trips) {
    statistics.round_trips[session] = std::chrono::milliseconds(ms);
  }
  statistics.members = members_;
  show(stats_report(statistics));
}

// ---- answers

void Session::on_outcome(const wire::Outcome& outcome, base::Time now) {
  if (outcome.trace_id == 0 && !outcome.text.empty()) {
    // Not an answer: the server has something to say, such as that we send too much.
    show(Report("notice", "the server says: " + outcome.text));
  }
  if (const auto answered = outbox_.take_answered(outcome, now)) {
    round_trip_ = std::chrono::duration_cast<std::chrono::microseconds>(now - answered->sent_at);
    const auto act = [&] {
      if (answer_quietly(answered->kind, outcome)) return;
      if (outcome.status == 0) return succeed(*answered, outcome, now);
      if (try_passcode(*answered, outcome, now)) return;
      fail(*answered, outcome.text.empty() ? "the server refused that" : outcome.text);
    };
    with_line(answered->description(), [&] { with_asker(answered->asker, act); });
  }
  leave_if_done();
}

bool Session::answer_quietly(Kind kind, const wire::Outcome& outcome) {
  if (kind == Kind::kProbe) {
    const auto* const list = std::get_if<wire::RoomList>(&outcome.result);
    show_stats(list == nullptr ? wire::RoomList{} : *list);
  } else if (kind == Kind::kRoomNames) {
    std::vector<std::string> names;
    if (const auto* const list = std::get_if<wire::RoomList>(&outcome.result)) {
      for (const wire::RoomInfo& room : list->rooms) names.push_back(room.name);
    }
    if (names.empty()) names.push_back(room_);
    ports_.offer_rooms(std::move(names));
  } else {
    return false;
  }
  return true;
}

void Session::succeed(const UserCommand& it, const wire::Outcome& outcome, base::Time now) {
  const Kind kind = it.kind;
  if (kind == Kind::kRecord) {
    if (is_answer_awaited()) return start_recording(now);
    if (asker_) show(error("record off came before the recording had begun"));
  } else if (kind == Kind::kTell) {
    show_sent(std::get<wire::Tell>(it.command.verb));
  } else if (kind == Kind::kHost) {
    show(Report("done", outcome.text));
  } else if (kind == Kind::kClaim) {
    claimed();
  } else if (kind == Kind::kPair) {
    show_code(outcome.text);
  } else if (const auto* const roster = std::get_if<wire::Roster>(&outcome.result)) {
    if (kind == Kind::kWho) return show(who_elsewhere(*roster));
    set_roster(roster->room, roster->members);
    keep_place();
    show(Report("moved", who(kNamesUnasked)).with("room", room_).with("members", member_objects()));
    if (kind == Kind::kNewRoom) tell_new_room();
  } else if (const auto* const page = std::get_if<wire::TextPage>(&outcome.result)) {
    show(*page);
  } else if (const auto* const rooms = std::get_if<wire::RoomList>(&outcome.result)) {
    show(rooms_report(rooms->rooms, room_));
  }
}

void Session::claimed() {
  const std::string name = own_name();
  show(Report("claimed", "the name " + shown_name(name) + " is held on " + options_.server +
                             " for this device; for others of yours, type pair")
           .with("name", name));
}

void Session::show_code(const std::string& code) {
  show(Report(
           "pairing_code",
           "on your other device, once and within 10 minutes, give your --name and --pair " + code)
           .with("name", own_name())
           .with("code", code));
}

void Session::fail(const UserCommand& it, const std::string& why) {
  if (it.kind == Kind::kSetLoopback) loopback_ = false;
  if (it.kind == Kind::kSetMute && muted_by_host()) return;  // which has been told at once
  if (it.kind == Kind::kRecord && is_answer_awaited()) recording_.directory.clear();
  const std::string what = it.description();
  show(error(it.is_text() ? why + " (" + what + ")" : why).with("command", what));
}

void Session::give_up(const UserCommand& it) {
  if (it.kind == Kind::kProbe) round_trip_.reset();
  if (answer_quietly(it.kind, {})) return;
  if (it.kind == Kind::kRecord) {  // should the answer be late, nobody is to think that he does
    if (is_answer_awaited()) recording_.directory.clear();
    outbox_.tell(wire::SetRecording{false});
  }
  const std::string what = it.description();
  show(error("the server has not answered " + what + " within 3 s").with("command", what));
}

void Session::give_up_interrupted() {
  for (const UserCommand& it : outbox_.interrupt()) {
    with_asker(it.asker, [&] {
      if (answer_quietly(it.kind, {}) || it.is_state()) return;
      fail(it, "the connection was lost before the server answered" +
                   (it.is_text() ? "" : " " + it.description()));  // which fail() adds
    });
  }
}

void Session::step(base::Time now) {
  if (std::exchange(owes_loopback_, false)) {
    command(Kind::kSetLoopback, wire::SetLoopback{true}, now);
  }
  for (const UserCommand& it : outbox_.take_unanswered(now)) {
    with_asker(it.asker, [&] { give_up(it); });
  }
  report(outbox_.step(now));
  give_up_sound(now);
  leave_if_done();
}

base::Time Session::next_deadline() const {
  const bool waits = finishing_ && !sound_askers_.empty();
  return std::min(
      outbox_.next_deadline(),
      waits ? sound_askers_.front().asked_at + CommandOutbox::kPatience : base::Time::max());
}

}  // namespace comcat::client
