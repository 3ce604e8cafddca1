#include "commands.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "comcat/base/log.h"
#include "comcat/base/unicode.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "caller_names.h"
#include "node_names.h"

namespace comcat::server {
namespace {

void answer_in_words(Caller& caller, std::uint64_t trace_id,
                     const absl::StatusOr<std::string>& answer) {
  caller.answer({trace_id,
                 static_cast<int>(answer.status().code()),
                 answer.ok() ? *answer : std::string(answer.status().message()),
                 {}});
}

void answer_roster(Caller& caller, std::uint64_t trace_id, absl::StatusOr<wire::Roster> roster) {
  if (!roster.ok()) return caller.answer(trace_id, roster.status());
  caller.answer({trace_id, 0, "", *std::move(roster)});
}

/// Answers a claim of the caller's name, and tells its room what has become true by it.
void answer_claim(Caller& caller, std::uint64_t trace_id, const absl::Status& answer,
                  base::Time now) {
  caller.answer(trace_id, answer);
  Participant& who = caller.who;
  if (!answer.ok() || std::exchange(who.about.claimed, true)) return;
  base::log(base::LogLevel::kInfo, "claimed",
            {{"session", who.number}, {"name", who.name}, {"device", who.about.device}});
  caller.room->tell(wire::MemberChanged{who.member()}, nullptr, now);
}

/// One command under way; a verb each.
struct Execution {
  std::uint64_t trace_id;
  Caller& caller;
  Rooms& rooms;
  Texts& texts;
  Hosts& hosts;
  NameClaims& claims;
  LateAnswers& late;
  Colleagues& colleagues;
  base::Time now;

  void operator()(const wire::UnknownCommand& verb) const;
  void operator()(const wire::SetMute& verb) const;
  void operator()(const wire::SetDeafen& verb) const;
  void operator()(const wire::SetRecording& verb) const;
  void operator()(const wire::SetLoopback& verb) const;
  void operator()(const wire::JoinRoom& verb) const;
  void operator()(const wire::NewRoom& verb) const;
  void operator()(const wire::ListRooms& verb) const;
  void operator()(const wire::Say& verb) const;
  void operator()(const wire::Who& verb) const;
  void operator()(const wire::Tell& verb) const;
  void operator()(const wire::HostWords& verb) const;
  void operator()(const wire::History& verb) const;
  void operator()(const wire::Claim& verb) const;
  void operator()(const wire::Pair& verb) const;
  void operator()(const wire::Acknowledge&) const {}  // has been taken

  /// Has `told` answer the caller with what other nodes have said, and says who has not.
  using Told = std::function<void(Caller&, std::uint64_t trace_id, const Errands::Result&)>;
  [[nodiscard]] Errands::Done once_answered(Told told) const;
  /// Takes the caller to the room `name`, in normal form, and answers; once other nodes have said
  /// that the caller's name is free there, where there are some.
  void go_to(const std::string& name, std::uint64_t last_text) const;
  void enter(const std::string& name, std::uint64_t last_text, std::uint32_t least_twin) const;
};

void answer_rooms(Caller& caller, std::uint64_t trace_id, wire::RoomList list) {
  list.round_trips = caller.room->round_trips();
  caller.answer({trace_id, 0, "", std::move(list)});
}

void Execution::operator()(const wire::UnknownCommand& /*verb*/) const {
  caller.answer(trace_id,
                absl::UnimplementedError("this server is older than the client and does not know "
                                         "this command"));
}

void Execution::operator()(const wire::SetMute& verb) const {
  caller.who.muted = verb.muted;
  if (caller.who.muted_by_host) {  // nothing changes for others
    caller.answer(trace_id, verb.muted ? absl::OkStatus()
                                       : absl::PermissionDeniedError(
                                             "a host has muted you, and only a host can change "
                                             "that"));
    return;
  }
  caller.answer(trace_id, absl::OkStatus());
  caller.room->tell(wire::MuteChanged{caller.who.number, verb.muted, false}, nullptr, now);
}

void Execution::operator()(const wire::SetDeafen& verb) const {
  caller.who.deafened = verb.deafened;
  if (verb.deafened) caller.listener.voice.clear();
  caller.answer(trace_id, absl::OkStatus());
  caller.room->tell(wire::DeafenChanged{caller.who.number, verb.deafened}, nullptr, now);
}

void Execution::operator()(const wire::SetRecording& verb) const {
  if (verb.recording && !rooms.limits().allows_recording) {
    caller.answer(trace_id, absl::PermissionDeniedError("this server allows no recordings"));
    return;
  }
  caller.answer(trace_id, absl::OkStatus());
  if (std::exchange(caller.who.recording, verb.recording) == verb.recording) return;
  base::log(base::LogLevel::kInfo, verb.recording ? "records" : "records_no_more",
            {{"session", caller.who.number}, {"room", caller.room->name()}});
  caller.room->tell(wire::RecordingChanged{caller.who.number, verb.recording}, nullptr, now);
}

void Execution::operator()(const wire::SetLoopback& verb) const {
  caller.listener.hears_self = verb.loopback;
  caller.answer(trace_id, absl::OkStatus());
}

void Execution::operator()(const wire::JoinRoom& verb) const {
  const absl::StatusOr<std::string> name = wire::normal_name(verb.room, "room");
  if (!name.ok()) {
    caller.answer(trace_id, name.status());
    return;
  }
  if (base::comparison_key(*name) == caller.room->key()) {
    caller.answer({trace_id, 0, "", wire::Roster{caller.room->name(), caller.room->roster()}});
    return;
  }
  const absl::Status status = rooms.check_passcode(caller, *name, verb.passcode, now);
  if (!status.ok()) return caller.answer(trace_id, status);
  go_to(*name, verb.last_text);
}

void Execution::operator()(const wire::NewRoom& /*verb*/) const {
  go_to(rooms.new_name(), 0);
}

void Execution::go_to(const std::string& name, std::uint64_t last_text) const {
  if (claims.holder(caller.who.name_key, caller.device.key, hosts.wall_now()) == Holder::kOthers) {
    return caller.answer(trace_id, held_for_others(caller.who.name));
  }
  ClusterLink* const cluster = colleagues.link;
  if (cluster == nullptr || !cluster->has_others()) return enter(name, last_text, 0);
  late.owe(caller, trace_id);
  cluster->come(
      name, caller.who, "",
      [*this, name, last_text, session = caller.who.number](const cluster::Decision& answer,
                                                            base::Time at) {
        late.pay(session, trace_id, at, [&](Caller& asker) {
          if (absl::IsAlreadyExists(answer.status)) {
            return asker.answer(trace_id, name_is_taken(name, asker.who.name));
          }
          if (!answer.status.ok()) return asker.answer(trace_id, answer.status);
          Execution{trace_id, asker, rooms, texts, hosts, claims, late, colleagues, at}.enter(
              name, last_text, answer.twin);
        });
      },
      now);
}

void Execution::enter(const std::string& name, std::uint64_t last_text,
                      std::uint32_t least_twin) const {
  if (absl::Status status = rooms.enter(caller, name, now, least_twin); !status.ok()) {
    caller.answer(trace_id, status);
    return;
  }
  base::log(base::LogLevel::kInfo, "moved",
            {{"session", caller.who.number}, {"room", caller.room->name()}});
  caller.answer({trace_id, 0, "", wire::Roster{caller.room->name(), caller.room->roster()}});
  texts.arrive(caller, last_text);
}

void Execution::operator()(const wire::ListRooms& verb) const {
  Directory& directory = colleagues.directory;
  if (!directory.has_others()) {
    return answer_rooms(caller, trace_id,
                        verb.names ? rooms.list_with_names(&caller) : rooms.list(&caller));
  }
  directory.ask(wire::RoomsAsked{0, caller.who.host, verb.names, caller.who.host},
                once_answered([&directory, verb](Caller& asker, std::uint64_t id,
                                                 const Errands::Result& result) {
                  answer_rooms(asker, id, directory.rooms(&asker, verb.names, result));
                }),
                now);
  late.owe(caller, trace_id);
}

Errands::Done Execution::once_answered(Told told) const {
  return [&late = late, link = colleagues.link, session = caller.who.number, id = trace_id,
          told = std::move(told)](const Errands::Result& result, base::Time at) {
    late.pay(session, id, at, [&](Caller& asker) {
      told(asker, id, result);
      if (result.silent.empty()) return;
      asker.answer(0, absl::UnavailableError("some servers of the cluster have " +
                                             silent_nodes(*link, result.silent)));
    });
  };
}

void Execution::operator()(const wire::Say& verb) const {
  if (const absl::Status status = wire::check_text(verb.text); !status.ok()) {
    caller.answer(trace_id, status);
    return;
  }
  texts.say(caller, trace_id, verb.text);
}

void Execution::operator()(const wire::History& verb) const {
  texts.show(caller, trace_id, verb);
}

void Execution::operator()(const wire::Who& verb) const {
  const absl::StatusOr<std::string> name = wire::normal_name(verb.room, "room");
  if (!name.ok()) return caller.answer(trace_id, name.status());
  Directory& directory = colleagues.directory;
  if (!directory.has_others() || directory.knows(*name)) {
    return answer_roster(caller, trace_id, rooms.roster(*name, caller));
  }
  directory.ask(wire::PeopleAsked{0, *name},
                once_answered([&directory, room = *name](Caller& asker, std::uint64_t id,
                                                         const Errands::Result& result) {
                  answer_roster(asker, id, directory.roster(room, asker, result));
                }),
                now);
  late.owe(caller, trace_id);
}

void Execution::operator()(const wire::Tell& verb) const {
  const absl::StatusOr<std::string> name = wire::normal_name(verb.name);
  absl::Status status = name.status();
  status.Update(wire::check_text(verb.text));
  if (!status.ok()) return caller.answer(trace_id, status);
  const std::optional<absl::Status> told = colleagues.texts.tell(
      *caller.room, *name, {caller.who.number, caller.who.name, verb.text}, now,
      [&late = late, session = caller.who.number, trace_id = trace_id](const absl::Status& answer,
                                                                       base::Time at) {
        late.pay(session, trace_id, at, [&](Caller& asker) { asker.answer(trace_id, answer); });
      });
  if (told) return caller.answer(trace_id, *told);
  late.owe(caller, trace_id);
}

void Execution::operator()(const wire::HostWords& verb) const {
  if (!caller.who.host) {
    caller.answer(trace_id, absl::PermissionDeniedError(
                                "only hosts can do that: who gives the server's host passcode"));
    return;
  }
  const std::optional<Hosts::Answer> done = colleagues.orders.act(
      verb.words, Hosts::by(caller), now,
      [&late = late, session = caller.who.number, trace_id = trace_id](const Hosts::Answer& answer,
                                                                       base::Time at) {
        late.pay(session, trace_id, at,
                 [&](Caller& asker) { answer_in_words(asker, trace_id, answer); });
      });
  if (done) return answer_in_words(caller, trace_id, *done);
  late.owe(caller, trace_id);
}

void Execution::operator()(const wire::Claim& /*verb*/) const {
  const auto pay = [&late = late, session = caller.who.number, trace_id = trace_id](
                       const absl::Status& answer, base::Time at) {
    late.pay(session, trace_id, at,
             [&](Caller& asker) { answer_claim(asker, trace_id, answer, at); });
  };
  const std::optional<absl::Status> answer =
      claims.claim(caller.who.name, caller.device.key, hosts.wall_now(),
                   [&records = colleagues.records, key = caller.who.name_key,
                    device = caller.device.key, pay](const absl::Status& kept, base::Time at) {
                     if (!kept.ok()) return pay(kept, at);
                     records.confirm_claim(key, device, pay, at);
                   });
  if (answer) return answer_claim(caller, trace_id, *answer, now);
  late.owe(caller, trace_id);
}

void Execution::operator()(const wire::Pair& /*verb*/) const {
  answer_in_words(caller, trace_id,
                  claims.make_code(caller.who.name_key, caller.device.key, hosts.wall_now(), now));
}

}  // namespace

void execute(const wire::Command& command, Caller& caller, const Parts& parts, base::Time now) {
  std::visit(Execution{command.trace_id, caller, parts.rooms, parts.texts, parts.hosts,
                       parts.claims, parts.late, parts.colleagues, now},
             command.verb);
}

}  // namespace comcat::server
