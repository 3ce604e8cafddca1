#include "comcat/client/session.h"

#include <algorithm>
#include <utility>

#include "comcat/base/unicode.h"

#include "absl/time/time.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

std::string list(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string marked(const std::vector<std::string>& marks) {
  return marks.empty() ? "" : " (" + list(marks) + ")";
}

/// "": unknown.
std::string utc(std::uint64_t ms) {
  if (ms == 0) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(static_cast<std::int64_t>(ms)),
                          absl::UTCTimeZone());
}

}  // namespace

Session::Session(Options options, SessionPorts& ports)
    : options_(std::move(options)),
      ports_(ports),
      room_(options_.room),
      people_(options_.memory.people),
      outbox_([this](const wire::Command& command) { return ports_.send(command); }),
      muted_(options_.muted),
      loopback_(options_.loopback) {}

// ---- who is there

void Session::on_welcome(wire::Welcome welcome, const std::string& server) {
  const bool again = std::exchange(welcomed_, true);
  interrupted_ = false;
  if (!server.empty()) options_.server = server;
  self_ = welcome.session;
  outbox_.resume();
  set_roster(welcome.room, welcome.members);
  if (!again && !options_.room_passcode.empty()) {
    room_passcodes_[base::comparison_key(room_)] = options_.room_passcode;
  }
  keep_place();
  const std::string what = again ? "connected again to " : "connected to ";
  const bool as_last = !again && options_.remembers_place && muted_ && options_.memory.muted;
  const std::string hint =
      again ? ""
            : std::string(as_last ? "\nyou begin muted, as your last call here ended" : "") +
                  "\ntype help to see what you can do";
  ports_.show(Report(again ? "reconnected" : "connected",
                     what + options_.server + " as " + shown_person(self_) + (again ? "; " : "\n") +
                         who(kNamesUnasked) + hint)
                  .with("server", options_.server)
                  .with("session", static_cast<std::int64_t>(self_))
                  .with("room", room_)
                  .with("members", member_objects()));
  if (!again && options_.new_room) tell_new_room();
  // Where the server knows a new session, it has to be told again; where it is the same one, what
  // has changed meanwhile. What cannot be sent now is sent with the next welcome.
  const auto own = members_.find(self_);
  const bool is_known = own != members_.end();
  const bool was_muted = is_known && own->second.muted && !own->second.muted_by_host;
  if (muted_ || was_muted) outbox_.tell(wire::SetMute{muted_});
  if (deafened_ || (is_known && own->second.deafened)) outbox_.tell(wire::SetDeafen{deafened_});
  if (is_known && own->second.recording && !recording_.on) {
    outbox_.tell(wire::SetRecording{false});
  }
  recording_.allowed = (welcome.features & wire::kFeatureRecording) != 0;
  resume_recording();
  resume_loopback(again);
}

std::string Session::own_name() const {
  const auto found = members_.find(self_);
  return found == members_.end() ? options_.name : found->second.name;
}

bool Session::muted_by_host() const {
  const auto found = members_.find(self_);
  return found != members_.end() && found->second.muted_by_host;
}

void Session::set_roster(const std::string& room, const std::vector<wire::Member>& members) {
  std::map<wire::SessionNumber, wire::Member> next;
  for (const wire::Member& member : members) {
    if (next.size() < kMostMembers) next.emplace(member.session, member);
  }
  for (const auto& [session, member] : members_) {
    if (!next.contains(session)) ports_.remove_speaker(session);
  }
  members_ = std::move(next);
  if (!room.empty()) room_ = room;
  for (const auto& [session, member] : members_) {
    apply_volume(member);
    ports_.name_track(session, member.name, session == self_);
  }
  fit_frames();
}

void Session::fit_frames() {
  ports_.set_short_frames(
      std::ranges::any_of(members_, [](const auto& member) { return member.second.original; }));
}

void Session::apply_volume(const wire::Member& member) {
  if (const float gain = people_.gain(member); gain != 1.0F) ports_.set_gain(member.session, gain);
}

std::string Session::name_of(wire::SessionNumber session) const {
  const auto found = members_.find(session);
  return found == members_.end() ? "session " + std::to_string(session) : found->second.name;
}

std::vector<std::string> Session::names_of_others() const {
  std::vector<std::string> out;
  for (const auto& [session, member] : members_) {
    if (session != self_) out.push_back(member.name);
  }
  return out;
}

std::string Session::shown_person(wire::SessionNumber session) const {
  const auto found = members_.find(session);
  if (found != members_.end()) return client::shown_person(found->second);
  return shown_name(session == self_ ? options_.name : name_of(session));
}

std::string Session::who(std::size_t most) const {
  std::vector<std::string> names;
  for (const auto& [session, member] : members_) {
    if (names.size() == most && members_.size() > most + 1) {
      names.push_back("and " + std::to_string(members_.size() - most) + " more");
      break;
    }
    names.push_back(marked_person(member));
  }
  const std::string when = interrupted_ ? "before the connection was lost: " : "";
  if (names.size() <= 1) return when + "you are alone in the room " + shown_name(room_);
  return when + "in the room " + shown_name(room_) + ": " + list(names);
}

std::string Session::marked_person(const wire::Member& member) const {
  return client::shown_person(member) + marked(marks_of(member));
}

std::vector<std::string> Session::marks_of(const wire::Member& member) const {
  std::vector<std::string> marks;
  const bool self = member.session == self_;
  if (self) marks.emplace_back("you");
  if (member.host) marks.emplace_back("host");
  if (member.muted_by_host) {
    marks.emplace_back("muted by a host");
  } else if (self ? muted_ : member.muted) {
    marks.emplace_back("muted");
  }
  if (self ? deafened_ : member.deafened) marks.emplace_back("deafened");
  if (self ? recording_.on : member.recording) marks.emplace_back("records");
  if (member.away) marks.emplace_back("away");
  if (!self && people_.is_ignored(member)) marks.emplace_back("ignored");
  return marks;
}

std::string Session::prompt() const {
  std::vector<std::string> marks;
  if (interrupted_) marks.emplace_back("offline");
  if (muted_ || muted_by_host()) marks.emplace_back(muted_ ? "muted" : "muted by a host");
  if (deafened_) marks.emplace_back("deafened");
  if (recording_.on) marks.emplace_back("recording");
  return (marks.empty() ? "" : "(" + list(marks) + ") ") + "> ";
}

Status Session::status() const {
  Status out;
  out.room = room_;
  out.heads = members_.size();
  out.microphone = muted_            ? Status::Microphone::kMuted
                   : muted_by_host() ? Status::Microphone::kMutedByHost
                                     : Status::Microphone::kOpen;
  out.deafened = deafened_;
  out.offline = interrupted_;
  if (round_trip_) out.round_trip = std::chrono::round<std::chrono::milliseconds>(*round_trip_);
  return out;
}

Object Session::object_of(const wire::Member& member) const {
  const bool self = member.session == self_;
  Object object;
  object.with("session", static_cast<std::int64_t>(member.session))
      .with("name", member.name)
      .with("muted", self ? muted_ : member.muted)
      .with("deafened", self ? deafened_ : member.deafened)
      .with("host", member.host)
      .with("muted_by_host", member.muted_by_host)
      .with("recording", self ? recording_.on : member.recording)
      .with("away", member.away)
      .with("twin", static_cast<std::int64_t>(member.twin))
      .with("claimed", member.about.claimed)
      .with("ignored", !self && people_.is_ignored(member))
      .with("device", member.about.device)
      .with("since", utc(member.about.since_ms))
      .with("client", member.about.client);
  return object;
}

std::vector<Object> Session::member_objects() const {
  std::vector<Object> out;
  for (const auto& [session, member] : members_) out.push_back(object_of(member));
  return out;
}

// ---- events

void Session::on_event(const wire::Event& event) {
  std::visit([this](const auto& it) { tell(it); }, event);
}

void Session::tell(const wire::Joined& event) {
  const wire::Member& member = event.member;
  const auto known = members_.find(member.session);
  if (known == members_.end() && members_.size() >= kMostMembers) return;
  const std::string text =
      known == members_.end()
          ? client::shown_person(member) + " joined"
          : client::shown_person(known->second) + " is now called " + client::shown_person(member);
  const bool renamed = known != members_.end();
  members_[member.session] = member;
  apply_volume(member);
  ports_.name_track(member.session, member.name, member.session == self_);
  fit_frames();
  const std::string marks = renamed ? "" : marked(marks_of(member));
  ports_.show(Report(renamed ? "renamed" : "joined", text + marks)
                  .about(renamed ? "" : member.name, member.twin)
                  .with("session", static_cast<std::int64_t>(member.session))
                  .with("name", member.name)
                  .with("muted", member.muted)
                  .with("deafened", member.deafened));
}

void Session::tell(const wire::Left& event) {
  const std::string name = name_of(event.session);
  const std::string shown = shown_person(event.session);
  std::string text = shown + " left";
  std::string reason = "stopped";
  if (event.reason == wire::LeaveReason::kLost) {
    text += " (connection lost)", reason = "lost";
  } else if (event.reason == wire::LeaveReason::kMoved) {
    text = shown + " went to another room", reason = "moved";
  } else if (event.reason == wire::LeaveReason::kClosed) {
    text += " (disconnected by the server)", reason = "closed";
  } else if (event.reason == wire::LeaveReason::kRemoved) {
    text += " (removed by a host" + (event.why.empty() ? "" : ": " + shown_text(event.why)) + ")";
    reason = "removed";
  }
  members_.erase(event.session);
  fit_frames();
  ports_.remove_speaker(event.session);
  ports_.show(Report("left", text)
                  .about(name)
                  .with("session", static_cast<std::int64_t>(event.session))
                  .with("name", name)
                  .with("reason", reason)
                  .with("why", event.why));
}

void Session::tell(const wire::Away& event) {
  tell_away(event.session, true);
}

void Session::tell(const wire::Back& event) {
  tell_away(event.session, false);
}

void Session::tell_away(wire::SessionNumber session, bool away) {
  const auto found = members_.find(session);
  if (found == members_.end() || std::exchange(found->second.away, away) == away) return;
  ports_.show(Report(away ? "away" : "back",
                     client::shown_person(found->second) + (away ? " is away" : " is back"))
                  .with("session", static_cast<std::int64_t>(session))
                  .with("name", found->second.name));
}

void Session::tell(const wire::MuteChanged& event) {
  const auto found = members_.find(event.session);
  if (found == members_.end()) return;
  const bool was_muted = std::exchange(found->second.muted, event.muted);
  if (std::exchange(found->second.muted_by_host, event.muted_by_host) != event.muted_by_host) {
    return tell_muted_by_host(found->second);
  }
  if (was_muted == event.muted || event.session == self_) return;
  ports_.show(Report(event.muted ? "muted" : "unmuted",
                     client::shown_person(found->second) + (event.muted ? " muted" : " unmuted"))
                  .with("session", static_cast<std::int64_t>(event.session))
                  .with("name", found->second.name));
}

void Session::tell_muted_by_host(const wire::Member& member) {
  const bool self = member.session == self_;
  const std::string whom = self ? "you" : client::shown_person(member);
  const std::string heard = self ? (muted_ ? ", but are muted" : ": they hear you") : "";
  ports_.show(Report(member.muted_by_host ? "muted_by_host" : "unmuted_by_host",
                     member.muted_by_host
                         ? "a host muted " + whom + (self ? ": nobody hears you" : "")
                         : whom + (self ? " are" : " is") + " no longer muted by a host" + heard)
                  .with("session", static_cast<std::int64_t>(member.session))
                  .with("name", member.name));
}

void Session::tell(const wire::DeafenChanged& event) {
  const auto found = members_.find(event.session);
  if (found == members_.end() || found->second.deafened == event.deafened) return;
  found->second.deafened = event.deafened;
  if (event.session == self_) return;
  ports_.show(Report(event.deafened ? "deafened" : "undeafened",
                     client::shown_person(found->second) +
                         (event.deafened ? " hears nobody now" : " hears you again"))
                  .with("session", static_cast<std::int64_t>(event.session))
                  .with("name", found->second.name));
}

void Session::tell(const wire::Announced& event) {
  ports_.show(Report("announced", "a host says to everyone: " + shown_text(event.text))
                  .with("said", event.text));
}

void Session::tell(const wire::MemberChanged& event) {
  const auto found = members_.find(event.member.session);
  if (found != members_.end()) found->second = event.member;
}

void Session::tell(const wire::Draining& event) {
  const std::string next = event.elsewhere ? "you go on at another of its cluster"
                                           : "you will be connected again when it is back";
  ports_.show(Report("draining", "the server is shutting down; " + next)
                  .with("grace_ms", static_cast<std::int64_t>(event.grace_ms))
                  .with("elsewhere", event.elsewhere));
}

void Session::tell(const wire::Roster& event) {
  if (event.room != room_) return;  // of the room we were in
  set_roster(event.room, event.members);
  ports_.show(Report("roster", "many came and went; " + who(kNamesUnasked))
                  .with("room", room_)
                  .with("members", member_objects()));
}

void Session::on_interrupted(const transport::Failure& failure) {
  interrupted_ = true;
  round_trip_.reset();
  ports_.show(Report("interrupted", failure.sentence + "; connecting again (stop ends it)"));
  give_up_interrupted();
  leave_if_done();
}

void Session::on_speaking(wire::SessionNumber session, bool speaks) {
  const auto found = members_.find(session);
  if (found != members_.end() && people_.is_ignored(found->second)) return;
  const std::string name = name_of(session);
  ports_.show(Report(speaks ? "speaking" : "quiet",
                     shown_person(session) + (speaks ? " speaks" : " is quiet"))
                  .with("session", static_cast<std::int64_t>(session))
                  .with("name", name));
}

void Session::finish() {
  finishing_ = true;
  leave_if_done();
}

void Session::leave_if_done() {
  const bool answered = (interrupted_ || outbox_.is_idle()) && sound_askers_.empty();
  if (finishing_ && answered) stop();
}

void Session::stop() {
  if (std::exchange(stopping_, true)) return;
  ports_.leave();
}

}  // namespace comcat::client
