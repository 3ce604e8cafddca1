// What the hub does with each request of a caller.

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
#include "refused.h"

namespace comcat::server {
namespace {

using base::LogLevel;

constexpr std::uint8_t kOriginalLevelDbov = 30;  // the original protocol carries no level

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

/// What becomes of commands that are too many.
constexpr std::string_view kRefused = "what is too much is refused";

constexpr const char* kPlaceholder = "caller-";

std::string placeholder_name(const Caller& caller) {
  return kPlaceholder + std::to_string(caller.who.number);
}

void set_name(Participant& who, std::string name) {
  who.name_key = base::comparison_key(name);
  who.name = std::move(name);
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

absl::Status Hub::handle(Caller& caller, wire::Request& request, base::Time now) {
  if (auto* voice = std::get_if<wire::VoiceUp>(&request)) return relay(caller, *voice, now);
  if (const auto* hello = std::get_if<wire::Hello>(&request)) return join(caller, *hello, now);
  return obey(caller, std::get<wire::Command>(request), now);
}

// ---- voice

absl::Status Hub::relay(Caller& caller, wire::VoiceUp& voice, base::Time now) {
  if (caller.room == nullptr) {  // a client of the original protocol may not have signalled before
    if (absl::Status status = join(caller, wire::Hello{}, now); !status.ok()) return status;
  }
  wire::VoicePacket& frame = voice.packet;
  metrics_.frames_in.fetch_add(1, std::memory_order_relaxed);
  metrics_.bytes_in.fetch_add(frame.payload.size(), std::memory_order_relaxed);
  const Excess excess =
      caller.conduct.count_voice(frame.payload.size() + voice.original_name.size(), now);
  if (absl::Status status = enforce(caller, excess, "nobody hears you until you send less");
      !status.ok()) {
    return status;
  }
  if (caller.conduct.is_silenced(now)) {
    caller.room->free_slot(caller.who);
    metrics_.dropped(Drop::kRateLimit);
    return absl::OkStatus();
  }
  if (caller.who.original) {
    name_original(caller, voice.original_name, now);
    caller.numbering.number(frame, now);
    frame.level_dbov = kOriginalLevelDbov;
  }
  if (caller.who.muted) {
    metrics_.dropped(Drop::kMuted);
    return absl::OkStatus();
  }
  frame.speaker = caller.who.number;
  caller.room->speak(caller.who, frame, now);
  return absl::OkStatus();
}

void Hub::name_original(Caller& caller, const std::string& name, base::Time now) {
  if (caller.who.name != placeholder_name(caller)) return;  // the first name stays
  absl::StatusOr<std::string> chosen = chosen_name(name);
  if (!chosen.ok() || caller.room->has_name(base::comparison_key(*chosen))) return;
  set_name(caller.who, *std::move(chosen));
  base::log(LogLevel::kInfo, "named", {{"session", caller.who.number}, {"name", caller.who.name}});
  caller.room->tell(wire::Joined{caller.who.member()}, &caller.who, now);
}

absl::Status Hub::enforce(Caller& caller, const Excess& excess, std::string_view consequence) {
  if (excess.measure != Excess::Measure::kWarn && excess.measure != Excess::Measure::kDisconnect) {
    return absl::OkStatus();
  }
  const std::string more = "more " + std::string(excess.what) + " a second than this server takes";
  if (excess.measure == Excess::Measure::kDisconnect) {
    metrics_.closed_flooding.fetch_add(1);
    return absl::ResourceExhaustedError("disconnected for sending " + more);
  }
  base::log(LogLevel::kWarning, "flooding",
            {{"session", caller.who.number}, {"address", caller.address}, {"what", excess.what}});
  caller.answer(
      failure(0, absl::ResourceExhaustedError("you send " + more + "; " + std::string(consequence) +
                                              ", and if it goes on you are disconnected")));
  return absl::OkStatus();
}

// ---- joining

absl::Status Hub::refuse(const Caller& caller, const absl::Status& status, Refusal why) {
  note_refused(metrics_, why, caller.address, status);
  return status;
}

absl::Status Hub::greet_again(Caller& caller, const wire::Hello& hello, base::Time now) {
  if (!caller.who.original || !hello.original()) {
    return refuse(caller, absl::InvalidArgumentError("a second hello on one stream"),
                  Refusal::kProtocol);
  }
  const Excess excess = caller.conduct.count_command("signals", now);
  if (excess.any()) {
    metrics_.dropped(Drop::kRateLimit);
    return enforce(caller, excess, kRefused);
  }
  welcome(caller);  // how the original client tests its connection
  return absl::OkStatus();
}

absl::Status Hub::join(Caller& caller, const wire::Hello& hello, base::Time now) {
  if (caller.room != nullptr) return greet_again(caller, hello, now);
  if (draining_) return absl::UnavailableError(kShuttingDown);
  caller.who.original = hello.original();
  absl::StatusOr<std::string> name =
      caller.who.original ? placeholder_name(caller) : chosen_name(hello.name);
  caller.listener.takes_batches = (hello.features & wire::kFeatureVoiceBatch) != 0;
  const absl::StatusOr<std::string> room =
      wire::normal_name(hello.room.empty() ? wire::kDefaultRoom : hello.room, "room");
  absl::Status status = name.status();
  status.Update(room.status());
  if (status.ok()) set_name(caller.who, *std::move(name));
  if (status.ok() && !hello.resume_key.empty()) take_over(hello.resume_key, caller, now);
  if (status.ok()) status = rooms_.enter(caller, *room, now);
  if (!status.ok()) return refuse(caller, status, Refusal::kName);
  caller.resume_key = make_resume_key();
  welcome(caller);
  metrics_.joins.fetch_add(1);
  base::log(LogLevel::kInfo, "joined",
            {{"session", caller.who.number},
             {"id", caller.who.id},
             {"name", caller.who.name},
             {"room", caller.room->name()},
             {"address", caller.address},
             {"protocol", caller.who.original ? "original" : "comcat"}});
  return absl::OkStatus();
}

void Hub::take_over(const std::string& resume_key, const Caller& by, base::Time now) {
  for (const auto& [number, caller] : callers_) {
    if (caller == &by || !same_key(caller->resume_key, resume_key)) continue;
    close(*caller, wire::LeaveReason::kLost,
          absl::AbortedError("replaced by a new connection of yours"), now);
    return;
  }
}

void Hub::welcome(Caller& caller) {
  wire::Welcome welcome;
  welcome.session = caller.who.number;
  welcome.id = caller.who.id;
  welcome.room = caller.room->name();
  welcome.members = caller.room->roster();
  welcome.max_speakers = static_cast<std::uint32_t>(options_.rooms.max_speakers);
  welcome.resume_key = caller.resume_key;
  welcome.features = wire::kFeatureVoiceBatch;
  caller.listener.send(std::make_shared<const std::string>(wire::encode_response(welcome)));
}

// ---- commands

absl::Status Hub::obey(Caller& caller, const wire::Command& command, base::Time now) {
  if (caller.room == nullptr) {
    return refuse(caller, absl::FailedPreconditionError("a command before the hello"),
                  Refusal::kProtocol);
  }
  const Excess excess = caller.conduct.count_command("commands", now);
  if (excess.any()) {
    caller.answer(failure(command.trace_id,
                          absl::ResourceExhaustedError("too many commands a second; try again")));
    metrics_.dropped(Drop::kRateLimit);
    return enforce(caller, excess, kRefused);
  }
  std::visit([&](const auto& verb) { execute(caller, command.trace_id, verb, now); }, command.verb);
  return absl::OkStatus();
}

void Hub::execute(Caller& caller, std::uint64_t trace_id, const wire::UnknownCommand& /*verb*/,
                  base::Time /*now*/) {
  caller.answer(failure(
      trace_id, absl::UnimplementedError("this server is older than the client and does not know "
                                         "this command")));
}

void Hub::execute(Caller& caller, std::uint64_t trace_id, const wire::SetMute& verb,
                  base::Time now) {
  caller.who.muted = verb.muted;
  caller.answer({trace_id, 0, "", {}});
  caller.room->tell(wire::MuteChanged{caller.who.number, verb.muted}, nullptr, now);
}

void Hub::execute(Caller& caller, std::uint64_t trace_id, const wire::SetDeafen& verb,
                  base::Time now) {
  caller.who.deafened = verb.deafened;
  if (verb.deafened) caller.listener.voice.clear();
  caller.answer({trace_id, 0, "", {}});
  caller.room->tell(wire::DeafenChanged{caller.who.number, verb.deafened}, nullptr, now);
}

void Hub::execute(Caller& caller, std::uint64_t trace_id, const wire::JoinRoom& verb,
                  base::Time now) {
  const absl::StatusOr<std::string> room = wire::normal_name(verb.room, "room");
  if (!room.ok()) {
    caller.answer(failure(trace_id, room.status()));
    return;
  }
  if (base::comparison_key(*room) != caller.room->key()) {
    if (absl::Status status = rooms_.enter(caller, *room, now); !status.ok()) {
      caller.answer(failure(trace_id, status));
      return;
    }
    base::log(LogLevel::kInfo, "moved",
              {{"session", caller.who.number}, {"room", caller.room->name()}});
  }
  caller.answer({trace_id, 0, "", wire::Roster{caller.room->name(), caller.room->roster()}});
}

void Hub::execute(Caller& caller, std::uint64_t trace_id, const wire::ListRooms& /*verb*/,
                  base::Time /*now*/) {
  caller.answer({trace_id, 0, "", rooms_.list()});
}

void Hub::execute(Caller& caller, std::uint64_t trace_id, const wire::Say& verb,
                  base::Time /*now*/) {
  if (absl::Status status = wire::check_text(verb.text); !status.ok()) {
    caller.answer(failure(trace_id, status));
    return;
  }
  caller.answer({trace_id, 0, "", {}});
  caller.room->say({caller.who.number, caller.who.name, verb.text});
}

}  // namespace comcat::server
