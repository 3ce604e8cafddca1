// What the hub does with each request of a session.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "comcat/base/log.h"
#include "comcat/base/unicode.h"
#include "comcat/server/hub.h"
#include "comcat/wire/convert.h"

#include "absl/strings/match.h"

namespace comcat::server {
namespace {

using base::LogLevel;

constexpr std::uint8_t kOriginalLevelDbov = 30;  // the original protocol carries no level

/// How long one who sends too many commands is not read. Short: its voice waits too.
constexpr std::chrono::milliseconds kRefusedPause{20};

std::string make_resume_key() {
  std::string key(wire::kResumeKeyBytes, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(key.data());
  if (RAND_bytes(bytes, static_cast<int>(key.size())) != 1) std::abort();
  return key;
}

/// In a time that does not tell how much of it was right.
bool same_key(const std::string& one, const std::string& other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

constexpr const char* kPlaceholder = "caller-";

std::string placeholder_name(const Session& session) {
  return kPlaceholder + std::to_string(session.member.session);
}

void set_name(Session& session, std::string name) {
  session.name_key = base::comparison_key(name);
  session.member.name = std::move(name);
}

/// True where what clients say of their user or of the server would be said of somebody.
bool is_reserved(const std::string& name_key) {
  constexpr std::array kReserved{"you", "server", "the server", "comcat", "comcat-server"};
  return std::find(kReserved.begin(), kReserved.end(), name_key) != kReserved.end() ||
         absl::StartsWith(name_key, "session ");
}

/// What somebody may choose, in normal form: none of the names that we or clients give.
absl::StatusOr<std::string> chosen_name(const std::string& name) {
  absl::StatusOr<std::string> normal = wire::normal_name(name);
  if (!normal.ok()) return normal;
  const std::string key = base::comparison_key(*normal);
  if (is_reserved(key)) {
    return absl::InvalidArgumentError("the name " + *normal +
                                      " would be taken for another; choose another");
  }
  if (!absl::StartsWith(key, kPlaceholder)) return normal;
  return absl::InvalidArgumentError("names that begin with " + std::string(kPlaceholder) +
                                    " are given by the server; choose another");
}

wire::Outcome failure(std::uint64_t trace_id, const absl::Status& status) {
  return {trace_id, static_cast<int>(status.code()), std::string(status.message()), {}};
}

}  // namespace

// ---- voice

absl::Status Hub::on(Session& session, wire::VoiceUp& voice, base::Time now) {
  wire::VoicePacket& frame = voice.packet;
  if (session.room == nullptr) {
    wire::Hello hello;  // a client of the original protocol may speak without having signalled
    if (absl::Status status = on(session, hello, now); !status.ok()) return status;
  }
  metrics_.frames_in.fetch_add(1, std::memory_order_relaxed);
  metrics_.bytes_in.fetch_add(frame.payload.size(), std::memory_order_relaxed);
  if (absl::Status status = pace(session, voice, now); !status.ok()) return status;
  const base::Time flooding_since = session.voice_flood.since;
  if (flooding_since != base::Time{} && now - flooding_since >= options_.session.flood_silence) {
    session.room->silence(session);
    metrics_.dropped(Drop::kRateLimit);
    return absl::OkStatus();
  }
  if (session.original) {
    name_original(session, voice.original_name, now);
    session.numbering.number(frame, now);
    frame.level_dbov = kOriginalLevelDbov;
  }
  if (session.member.muted) {
    metrics_.dropped(Drop::kMuted);
    return absl::OkStatus();
  }
  frame.speaker = session.member.session;
  Room& room = *session.room;
  if (room.speak(session, frame, now)) flushing_.emplace_back(*room.flush_at(), &room);
  return absl::OkStatus();
}

/// Voice that comes faster than it may is slowed down rather than lost: a burst after a stall gets
/// through, and a flood waits in the sender's own buffers.
absl::Status Hub::pace(Session& session, const wire::VoiceUp& voice, base::Time now) {
  const auto bytes = static_cast<double>(voice.packet.payload.size() + voice.original_name.size());
  const base::Duration for_frames = session.frames.spend(1, now);
  const base::Duration for_bytes = session.bytes.spend(bytes, now);
  const base::Duration pause = std::max(for_frames, for_bytes);
  if (pause == base::Duration::zero()) return absl::OkStatus();
  return throttle(session, session.voice_flood, for_bytes > for_frames ? "bytes" : "frames",
                  "nobody hears you until you send less", pause, now);
}

void Hub::name_original(Session& session, const std::string& name, base::Time now) {
  if (session.member.name != placeholder_name(session)) return;  // the first name stays
  absl::StatusOr<std::string> chosen = chosen_name(name);
  if (!chosen.ok() || session.room->has_name(base::comparison_key(*chosen))) return;
  set_name(session, *std::move(chosen));
  base::log(LogLevel::kInfo, "named",
            {{"session", session.member.session}, {"name", session.member.name}});
  tell(*session.room, wire::Joined{session.member}, &session, now);
}

absl::Status Hub::throttle(Session& session, Flood& flood, std::string_view what,
                           std::string_view consequence, base::Duration pause, base::Time now) {
  session.read_after = now + pause;
  if (flood.since == base::Time{}) flood.since = now;
  const base::Duration lasted = now - flood.since;
  const SessionLimits& limits = options_.session;
  if (lasted < limits.flood_notice) return absl::OkStatus();
  const std::string more = "more " + std::string(what) + " a second than this server takes";
  if (!std::exchange(flood.warned, true)) {
    base::log(LogLevel::kWarning, "flooding",
              {{"session", session.member.session}, {"address", session.address}, {"what", what}});
    answer(session, failure(0, absl::ResourceExhaustedError(
                                   "you send " + more + "; " + std::string(consequence) +
                                   ", and if it goes on you are disconnected")));
  }
  if (lasted < limits.flood_notice + limits.flood_grace) return absl::OkStatus();
  metrics_.closed_flooding.fetch_add(1);
  return absl::ResourceExhaustedError("disconnected for sending " + more);
}

absl::Status Hub::refuse_command(Session& session, std::string_view what, base::Time now) {
  metrics_.dropped(Drop::kRateLimit);
  return throttle(session, session.command_flood, what, "what is too much is refused",
                  kRefusedPause, now);
}

// ---- joining

absl::Status Hub::refuse(const Session& session, const absl::Status& status, Refusal why) {
  metrics_.refused(why);
  base::log(LogLevel::kWarning, "refused",
            {{"address", session.address}, {"why", std::string(status.message())}});
  return status;
}

absl::Status Hub::on(Session& session, wire::Hello& hello, base::Time now) {
  if (session.room != nullptr) {
    if (!session.original || !hello.original()) {
      return refuse(session, absl::InvalidArgumentError("a second hello on one stream"),
                    Refusal::kProtocol);
    }
    if (!session.commands.take(1, now)) return refuse_command(session, "signals", now);
    welcome(session);  // how the original client tests its connection
    return absl::OkStatus();
  }
  if (draining_) return absl::UnavailableError(kShuttingDown);
  session.original = hello.original();
  absl::StatusOr<std::string> name =
      session.original ? placeholder_name(session) : chosen_name(hello.name);
  session.listener.takes_batches = (hello.features & wire::kFeatureVoiceBatch) != 0;
  const absl::StatusOr<std::string> room =
      wire::normal_name(hello.room.empty() ? wire::kDefaultRoom : hello.room, "room");
  absl::Status status = name.status();
  status.Update(room.status());
  if (status.ok()) set_name(session, *std::move(name));
  if (status.ok() && !hello.resume_key.empty()) take_over(hello.resume_key, session, now);
  if (status.ok()) status = enter(session, *room, now);
  if (!status.ok()) return refuse(session, status, Refusal::kName);
  session.resume_key = make_resume_key();
  welcome(session);
  metrics_.joins.fetch_add(1);
  base::log(LogLevel::kInfo, "joined",
            {{"session", session.member.session},
             {"id", session.member.id},
             {"name", session.member.name},
             {"room", session.room->name()},
             {"address", session.address},
             {"protocol", session.original ? "original" : "comcat"}});
  return absl::OkStatus();
}

void Hub::take_over(const std::string& resume_key, const Session& by, base::Time now) {
  for (const auto& [number, session] : sessions_) {
    if (session == &by || !same_key(session->resume_key, resume_key)) continue;
    close(*session, wire::LeaveReason::kLost,
          absl::AbortedError("replaced by a new connection of yours"), now);
    return;
  }
}

void Hub::welcome(Session& session) {
  wire::Welcome welcome;
  welcome.session = session.member.session;
  welcome.id = session.member.id;
  welcome.room = session.room->name();
  welcome.members = session.room->roster();
  welcome.max_speakers = static_cast<std::uint32_t>(options_.max_speakers);
  welcome.resume_key = session.resume_key;
  welcome.features = wire::kFeatureVoiceBatch;
  session.listener.send(std::make_shared<const std::string>(wire::encode_response(welcome)));
}

// ---- commands

absl::Status Hub::on(Session& session, wire::Command& command, base::Time now) {
  if (session.room == nullptr) {
    return refuse(session, absl::FailedPreconditionError("a command before the hello"),
                  Refusal::kProtocol);
  }
  if (!session.commands.take(1, now)) {
    answer(session, failure(command.trace_id,
                            absl::ResourceExhaustedError("too many commands a second; try again")));
    return refuse_command(session, "commands", now);
  }
  std::visit([&](const auto& verb) { execute(session, command.trace_id, verb, now); },
             command.verb);
  return absl::OkStatus();
}

void Hub::answer(Session& session, wire::Outcome outcome) {
  if (session.original) return;
  session.listener.send(std::make_shared<const std::string>(wire::encode_response(outcome)));
}

void Hub::execute(Session& session, std::uint64_t trace_id, const wire::UnknownCommand& /*verb*/,
                  base::Time /*now*/) {
  answer(session, failure(trace_id, absl::UnimplementedError(
                                        "this server is older than the client and does not know "
                                        "this command")));
}

void Hub::execute(Session& session, std::uint64_t trace_id, const wire::SetMute& verb,
                  base::Time now) {
  session.member.muted = verb.muted;
  answer(session, {trace_id, 0, "", {}});
  tell(*session.room, wire::MuteChanged{session.member.session, verb.muted}, nullptr, now);
}

void Hub::execute(Session& session, std::uint64_t trace_id, const wire::SetDeafen& verb,
                  base::Time now) {
  session.member.deafened = verb.deafened;
  if (verb.deafened) session.listener.voice.clear();
  answer(session, {trace_id, 0, "", {}});
  tell(*session.room, wire::DeafenChanged{session.member.session, verb.deafened}, nullptr, now);
}

void Hub::execute(Session& session, std::uint64_t trace_id, const wire::JoinRoom& verb,
                  base::Time now) {
  const absl::StatusOr<std::string> room = wire::normal_name(verb.room, "room");
  if (!room.ok()) {
    answer(session, failure(trace_id, room.status()));
    return;
  }
  if (base::comparison_key(*room) != session.room->key()) {
    Room* const old_room = session.room;
    if (absl::Status status = enter(session, *room, now); !status.ok()) {
      answer(session, failure(trace_id, status));
      return;
    }
    Room* const new_room = std::exchange(session.room, old_room);
    depart(session, wire::LeaveReason::kMoved, now);
    session.room = new_room;
    session.listener.leave_room();
    base::log(LogLevel::kInfo, "moved",
              {{"session", session.member.session}, {"room", new_room->name()}});
  }
  answer(session, {trace_id, 0, "", wire::Roster{session.room->name(), session.room->roster()}});
}

void Hub::execute(Session& session, std::uint64_t trace_id, const wire::ListRooms& /*verb*/,
                  base::Time /*now*/) {
  wire::RoomList list;
  for (const auto& [key, room] : rooms_) {
    list.rooms.push_back({room->name(), static_cast<std::uint32_t>(room->members().size())});
  }
  answer(session, {trace_id, 0, "", std::move(list)});
}

void Hub::execute(Session& session, std::uint64_t trace_id, const wire::Say& verb,
                  base::Time /*now*/) {
  if (absl::Status status = wire::check_text(verb.text); !status.ok()) {
    answer(session, failure(trace_id, status));
    return;
  }
  answer(session, {trace_id, 0, "", {}});
  session.room->say({session.member.session, session.member.name, verb.text});
}

}  // namespace comcat::server
