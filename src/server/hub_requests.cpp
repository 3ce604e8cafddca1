// What the hub does with each request of a caller.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/base/secret.h"
#include "comcat/base/signing_key.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/server/hub.h"
#include "comcat/wire/convert.h"

#include "caller_names.h"
#include "enforce.h"
#include "refused.h"
#include "resume_key.h"

namespace comcat::server {
namespace {

using base::LogLevel;

constexpr std::uint8_t kOriginalLevelDbov = 30;  // the original protocol carries no level

/// What becomes of voice that is too much.
constexpr std::string_view kUnheard = "nobody hears you until you send less";
constexpr std::size_t kReportCosts = 10;  // bytes of voice; and a frame
/// How much of a caller's voice may come too early as datagrams, beyond what may come at once.
constexpr std::chrono::milliseconds kDatagramBurst{200};

/// Gives a caller of the original protocol the name that it says with its voice. The first stays.
void name_original(Caller& caller, const std::string& name, NameClaims& claims,
                   store::WallTime wall_now, base::Time now) {
  if (caller.who.name != placeholder_name(caller.who)) return;
  absl::StatusOr<std::string> chosen = chosen_name(name);
  if (!chosen.ok() || caller.room->has_name(base::comparison_key(*chosen), caller.who)) return;
  if (claims.holder(base::comparison_key(*chosen), "", wall_now) != Holder::kNobody) return;
  caller.who.set_name(*std::move(chosen));
  base::log(LogLevel::kInfo, "named", {{"session", caller.who.number}, {"name", caller.who.name}});
  caller.room->tell(wire::Joined{caller.who.member()}, &caller.who, now);
}

/// What the original protocol does not say of a frame.
void complete_original(Caller& caller, wire::VoiceUp& voice, base::Time now) {
  caller.numbering.number(voice.packet, now);
  voice.packet.level_dbov = kOriginalLevelDbov;
}

/// What others are not to find in memory that is used again.
void wipe(std::optional<wire::DatagramOffer>& offer) {
  if (!offer) return;
  for (std::string* const secret :
       {&offer->up_key, &offer->up_salt, &offer->down_key, &offer->down_salt}) {
    base::wipe(*secret);
  }
}

void send_welcome(Caller& caller, const RoomLimits& rooms, bool keeps_texts,
                  std::optional<wire::DatagramOffer> datagrams = {},
                  std::vector<wire::OtherServer> others = {}) {
  wire::Welcome welcome;
  welcome.session = caller.who.number;
  welcome.id = caller.who.id;
  welcome.room = caller.room->name();
  welcome.members = caller.room->roster();
  welcome.max_speakers = static_cast<std::uint32_t>(rooms.max_speakers);
  welcome.resume_key = caller.resume_key;
  welcome.features = wire::kFeatureVoiceBatch | wire::kFeatureReturn | wire::kFeatureAcknowledge |
                     wire::kFeatureServers | (keeps_texts ? wire::kFeatureHistory : 0) |
                     (rooms.allows_recording ? wire::kFeatureRecording : 0) |
                     (datagrams ? wire::kFeatureDatagrams : 0);
  welcome.datagrams = std::move(datagrams);
  welcome.others = std::move(others);
  caller.listener.send(std::make_shared<const std::string>(wire::encode_response(welcome)));
  wipe(welcome.datagrams);
}

void log_joined(const Caller& caller) {
  base::log(LogLevel::kInfo, "joined",
            {{"session", caller.who.number},
             {"id", caller.who.id},
             {"name", caller.who.name},
             {"room", caller.room->name()},
             {"address", caller.address},
             {"protocol", caller.who.original ? "original" : "comcat"}});
}

}  // namespace

// ---- voice

absl::Status Hub::relay(Caller& caller, wire::VoiceUp& voice, base::Time now) {
  if (caller.device.greeting) {
    return refuse(absl::InvalidArgumentError("voice before the signature of the hello"),
                  Refusal::kProtocol, caller, metrics_);
  }
  if (caller.device.waits()) {
    return refuse(absl::InvalidArgumentError("voice before the answer to the hello"),
                  Refusal::kProtocol, caller, metrics_);
  }
  if (caller.room == nullptr) {  // a client of the original protocol may not have signalled before
    if (absl::Status status = join(caller, wire::Hello{}, now); !status.ok()) return status;
  }
  wire::VoicePacket& frame = voice.packet;
  metrics_.frames_in.fetch_add(1, std::memory_order_relaxed);
  metrics_.bytes_in.fetch_add(frame.payload.size(), std::memory_order_relaxed);
  const Excess excess =
      caller.conduct.count_voice(frame.payload.size() + voice.original_name.size(), now);
  if (absl::Status status = enforce(excess, kUnheard, caller, metrics_); !status.ok()) {
    return status;
  }
  if (caller.conduct.is_silenced(now)) {
    caller.room->free_slot(caller.who);
    metrics_.dropped(Drop::kRateLimit);
    return absl::OkStatus();
  }
  if (caller.who.original) {
    name_original(caller, voice.original_name, claims_, hosts_.wall_now(), now);
    complete_original(caller, voice, now);
  }
  if (caller.who.is_muted()) {
    metrics_.dropped(Drop::kMuted);
    return absl::OkStatus();
  }
  frame.speaker = caller.who.number;
  caller.room->speak(caller.who, frame, now);
  return absl::OkStatus();
}

/// Voice that has come as a datagram already is known by its number, and costs its speaker nothing.
absl::Status Hub::relay_stream(Caller& caller, wire::VoiceUp& voice, base::Time now) {
  VoicePath* const path = caller.listener.path.get();
  if (path != nullptr && !path->is_first(voice.packet.sequence)) return absl::OkStatus();
  return relay(caller, voice, now);
}

/// There is nobody whose flow control would hold a datagram back: what is more than a burst is
/// dropped, and counts all the same.
void Hub::hear(Caller& caller, wire::VoicePacket packet, base::Time now) {
  if (!caller.open || caller.listener.path == nullptr) return;
  caller.conduct.forgive(now);
  const bool too_much = caller.conduct.read_after() > now + kDatagramBurst;
  absl::Status status;
  if (too_much) {
    const Excess excess = caller.conduct.count_voice(packet.payload.size(), now);
    status = enforce(excess, kUnheard, caller, metrics_);
    metrics_.dropped(Drop::kRateLimit);
  } else if (!caller.listener.path->is_first(packet.sequence)) {
    const Excess excess = caller.conduct.count_repeated(packet.payload.size(), now);
    status = enforce(excess, kUnheard, caller, metrics_);
  } else {
    wire::VoiceUp voice{std::move(packet), {}};
    status = relay(caller, voice, now);
  }
  if (!status.ok()) close(caller, wire::LeaveReason::kClosed, status, now);
}

absl::Status Hub::take_report(Caller& caller, const wire::DatagramReport& report, base::Time now) {
  const Excess excess = caller.conduct.count_voice(kReportCosts, now);
  if (caller.listener.path != nullptr) caller.listener.path->told(report, now);
  return enforce(excess, kUnheard, caller, metrics_);
}

// ---- joining

absl::Status Hub::greet_again(Caller& caller, const wire::Hello& hello, base::Time now) {
  if (caller.room == nullptr || !caller.who.original || !hello.original()) {
    return refuse(absl::InvalidArgumentError("a second hello on one stream"), Refusal::kProtocol,
                  caller, metrics_);
  }
  const Excess excess = caller.conduct.count_command("signals", now);
  if (excess.any()) {
    metrics_.dropped(Drop::kRateLimit);
    return enforce(excess, kRefusedConsequence, caller, metrics_);
  }
  // It is how the original client tests its connection.
  send_welcome(caller, options_.rooms, texts_.are_kept());
  return absl::OkStatus();
}

absl::Status Hub::greet(Caller& caller, const wire::Hello& hello, base::Time now) {
  if (caller.room != nullptr || caller.device.waits()) return greet_again(caller, hello, now);
  wire::Hello whole = hello;
  if (caller.device.greeting) {
    if (hello.signature.empty() || !hello.name.empty()) return greet_again(caller, hello, now);
    whole = *std::exchange(caller.device.greeting, nullptr);
    whole.signature = hello.signature;
  }
  if (!whole.key.empty() && whole.signature.empty()) {  // it needs our nonce, and is on its way
    caller.device.greeting = std::make_unique<const wire::Hello>(std::move(whole));
    return absl::OkStatus();
  }
  if (!whole.key.empty() || !whole.signature.empty()) {
    if (absl::Status status = caller.device.prove(whole, certificates_); !status.ok()) {
      return refuse(status, Refusal::kProtocol, caller, metrics_);
    }
    const std::string device = base::key_fingerprint(caller.device.key);
    if (absl::Status status = hosts_.check_device(device); !status.ok()) {
      return refuse(status, Refusal::kBanned, caller, metrics_);
    }
  }
  if (!whole.pair_code.empty()) return pair(caller, whole, now);
  return join(caller, whole, now);
}

absl::Status Hub::pair(Caller& caller, const wire::Hello& hello, base::Time now) {
  const absl::StatusOr<std::string> name = chosen_name(hello.name);
  if (!name.ok()) return refuse(name.status(), Refusal::kName, caller, metrics_);
  const std::optional<absl::Status> answer = colleagues_.records.pair(
      {0, hello.pair_code, *name, caller.device.key}, now,
      [this, session = caller.who.number](const absl::Status& paired, base::Time at) {
        finish_pairing(session, paired, at);
      });
  if (answer) return join_paired(caller, hello, *answer, now);
  caller.device.pairing = std::make_unique<const wire::Hello>(hello);
  return absl::OkStatus();
}

void Hub::finish_pairing(wire::SessionNumber session, const absl::Status& paired, base::Time now) {
  const auto found = callers_.find(session);
  if (found == callers_.end() || !found->second->device.pairing) return;
  Caller& caller = *found->second;
  const wire::Hello hello = *std::exchange(caller.device.pairing, nullptr);
  if (paired.ok()) {
    base::log(LogLevel::kInfo, "paired",
              {{"session", session},
               {"name", hello.name},
               {"device", base::key_fingerprint(caller.device.key)}});
  }
  const absl::Status status = join_paired(caller, hello, paired, now);
  if (!status.ok()) close(caller, wire::LeaveReason::kClosed, status, now);
}

absl::Status Hub::join_paired(Caller& caller, const wire::Hello& hello, const absl::Status& paired,
                              base::Time now) {
  if (paired.ok()) return join(caller, hello, now);
  const bool is_wrong = absl::IsPermissionDenied(paired);
  if (is_wrong && options_.claims.wrong_code) options_.claims.wrong_code(caller.address, now);
  return refuse(paired, is_wrong ? Refusal::kPasscode : Refusal::kName, caller, metrics_);
}

absl::Status Hub::name(Caller& caller, const wire::Hello& hello) {
  Participant& who = caller.who;
  absl::StatusOr<std::string> name = who.original ? placeholder_name(who) : chosen_name(hello.name);
  if (!name.ok()) return name.status();
  who.set_name(*std::move(name));
  const std::string& key = caller.device.key;
  const store::WallTime wall_now = hosts_.wall_now();
  who.about.since_ms = static_cast<std::uint64_t>(wall_now.time_since_epoch().count());
  who.about.device = key.empty() ? "" : base::key_fingerprint(key);
  who.about.client = base::safe_text(hello.client, wire::kMaxClientBytes);
  who.muted_by_host = hosts_.mutes().is_muted(who.about.device);
  const Holder whose = claims_.enter(who.name_key, key, wall_now);
  who.about.claimed = whose == Holder::kThem;
  return whose == Holder::kOthers ? held_for_others(who.name) : absl::OkStatus();
}

absl::Status Hub::join(Caller& caller, const wire::Hello& hello, base::Time now) {
  if (draining_) return absl::UnavailableError(kShuttingDown);
  caller.who.original = hello.original();
  caller.listener.takes_batches = (hello.features & wire::kFeatureVoiceBatch) != 0;
  caller.listener.takes_history =
      texts_.are_kept() && (hello.features & wire::kFeatureHistory) != 0;
  caller.listener.acknowledges = (hello.features & wire::kFeatureAcknowledge) != 0;
  caller.returns = (hello.features & wire::kFeatureReturn) != 0;
  caller.goes_over = (hello.features & wire::kFeatureServers) != 0;
  caller.resume_key = make_resume_key();
  if (cluster_) caller.who.key_hash = key_hash_of(caller.resume_key);
  const absl::StatusOr<std::string> room =
      hello.new_room
          ? rooms_.new_name()
          : wire::normal_name(hello.room.empty() ? wire::kDefaultRoom : hello.room, "room");
  absl::Status status = room.status();
  if (status.ok()) status = absentees_.check(hello.resume_key);
  if (status.ok()) status = name(caller, hello);
  if (status.ok() && is_to_ask(caller, hello, *room)) {
    ask_others(caller, hello, *room, now);
    return absl::OkStatus();
  }
  if (status.ok()) status = enter(caller, hello, *room, now);
  return welcome(caller, hello, status, now);
}

absl::Status Hub::welcome(Caller& caller, const wire::Hello& hello, const absl::Status& status,
                          base::Time now) {
  if (!status.ok()) {
    const bool of_door = absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
    return refuse(status, of_door ? reason_of(status) : Refusal::kName, caller, metrics_);
  }
  std::optional<wire::DatagramOffer> datagrams;
  if (options_.datagrams != nullptr && (hello.features & wire::kFeatureDatagrams) != 0) {
    datagrams = options_.datagrams->open(caller, now);
  }
  std::vector<wire::OtherServer> others;
  if (cluster_ && caller.goes_over) others = cluster_->others(caller.who.number);
  send_welcome(caller, options_.rooms, texts_.are_kept(), std::move(datagrams), std::move(others));
  texts_.arrive(caller, hello.last_text);
  return absl::OkStatus();
}

absl::Status Hub::enter(Caller& caller, const wire::Hello& hello, const std::string& room,
                        base::Time now, std::uint32_t least_twin) {
  const std::string key = base::comparison_key(room);
  Caller* const ghost = find_resumed(hello.resume_key, caller);
  Absentee* absentee = absentees_.find(hello.resume_key);
  const Room* const left = ghost ? ghost->room : absentee ? absentee->room : nullptr;
  const Participant& before = ghost ? ghost->who : absentee ? absentee->who : caller.who;
  const bool is_there = left != nullptr && left->key() == key;
  absl::Status status =
      is_there ? absl::OkStatus() : rooms_.check_passcode(caller, room, hello.room_passcode, now);
  if (!status.ok()) return status;
  Absentee* const namesake = absentees_.find(key, caller);
  if (left == nullptr && namesake != nullptr) {
    absentees_.remove(*namesake, wire::LeaveReason::kLost, now);
  }
  status = rooms_.may_enter(caller.who, room, before, left);
  if (!status.ok()) return status;
  const bool is_same = is_there && caller.returns && before.name_key == caller.who.name_key;
  caller.who.muted_by_host |= before.muted_by_host;
  if (ghost != nullptr) {
    close(*ghost, wire::LeaveReason::kLost,
          absl::AbortedError("replaced by a new connection of yours"), now);
    absentee = absentees_.find(hello.resume_key);
  }
  if (absentee != nullptr && is_same) {
    callers_.erase(caller.who.number);
    absentees_.give_place(*absentee, caller, now);
    callers_.emplace(caller.who.number, &caller);
    return absl::OkStatus();
  }
  if (absentee != nullptr) absentees_.remove(*absentee, wire::LeaveReason::kLost, now);
  status = rooms_.enter(caller, room, now, least_twin);
  if (!status.ok()) return status;
  metrics_.joins.fetch_add(1);
  log_joined(caller);
  return absl::OkStatus();
}

Caller* Hub::find_resumed(const std::string& resume_key, const Caller& by) const {
  if (resume_key.empty()) return nullptr;
  const auto found = std::ranges::find_if(callers_, [&](const auto& entry) {
    return entry.second != &by && same_resume_key(entry.second->resume_key, resume_key);
  });
  return found == callers_.end() ? nullptr : found->second;
}

}  // namespace comcat::server
