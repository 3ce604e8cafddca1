#include "end_to_end/walk/visitor.h"

namespace comcat::testing {
namespace {

ClientREQ request_of(const Visitor::Hello& hello) {
  ClientREQ request;
  ClientSignal& signal = *request.mutable_signal();
  signal.set_name(hello.name);
  signal.set_room(hello.room);
  signal.set_resume_key(hello.resume_key);
  signal.set_features(1);
  return request;
}

}  // namespace

std::string to_text(const RoomView& view) {
  std::string text = view.room + ":";
  for (const auto& [session, one] : view.people) {
    text += " " + std::to_string(session) + "=" + one.name + (one.muted ? " muted" : "") +
            (one.deafened ? " deafened" : "") + ";";
  }
  return text;
}

Visitor::Visitor(int port, const Hello& hello, OnVoice on_voice) : on_voice_(std::move(on_voice)) {
  Caller::Options options;
  options.port = port;
  options.from = "127.0.0.1";
  options.hear = [this](const ServerRES& response) { hear(response); };
  caller_ = std::make_unique<Caller>(options);
  caller_->send(request_of(hello));
}

Visitor::~Visitor() {
  read();
  caller_.reset();
}

bool Visitor::send(const Command& command) {
  if (command.has_join_room()) {
    const absl::MutexLock lock(&mutex_);
    moves_.insert(command.trace_id());
  }
  ClientREQ request;
  *request.mutable_command() = command;
  return caller_->send(request);
}

bool Visitor::speak(const std::string& opus) {
  return caller_->send_voice(opus, ++sequence_);
}

void Visitor::stall() {
  const absl::MutexLock lock(&mutex_);
  stalled_ = true;
}

void Visitor::read() {
  const absl::MutexLock lock(&mutex_);
  stalled_ = false;
}

bool Visitor::stalled() const {
  const absl::MutexLock lock(&mutex_);
  return stalled_;
}

Visitor::News Visitor::take_news() {
  const absl::MutexLock lock(&mutex_);
  News news = news_;
  news_.outcomes.clear();
  news_.wrong.clear();
  return news;
}

unsigned Visitor::session() const {
  const absl::MutexLock lock(&mutex_);
  return news_.session;
}

RoomView Visitor::view() const {
  const absl::MutexLock lock(&mutex_);
  return view_;
}

std::vector<std::string> Visitor::take_texts() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(texts_, {});
}

void Visitor::hear(const ServerRES& response) {
  const absl::MutexLock lock(&mutex_);
  const auto reads = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !stalled_; };
  mutex_.Await(absl::Condition(&reads));
  if (response.has_voice()) {
    hear_voice(response.voice());
  } else if (response.has_signal()) {
    const ServerSignal& welcome = response.signal();
    if (news_.welcomed) news_.wrong.emplace_back("a second welcome");
    news_.welcomed = true;
    news_.resume_key = welcome.resume_key();
    news_.room = welcome.room();
    news_.session = welcome.session();
    settle_in(welcome.room(), welcome.members());
  } else if (response.has_outcome()) {
    const ::Outcome& outcome = response.outcome();
    news_.outcomes.push_back(outcome);
    if (moves_.erase(outcome.trace_id()) > 0 && outcome.has_roster()) {
      settle_in(outcome.roster().room(), outcome.roster().members());
    }
  } else {
    for (const Event& event : response.events().events()) believe(event);
  }
}

void Visitor::hear_voice(const VoiceBatch& batch) {
  const base::Time now = base::steady_now();
  for (const VoiceFrame& frame : batch.frames()) {
    unsigned& last = last_sequence_[frame.speaker()];
    if (frame.sequence() <= last) {
      news_.wrong.push_back("frame " + std::to_string(frame.sequence()) + " of " +
                            std::to_string(frame.speaker()) + " after " + std::to_string(last));
    }
    last = frame.sequence();
    if (frame.speaker() == news_.session) news_.wrong.emplace_back("a frame of one's own");
    if (on_voice_) on_voice_(frame, now);
  }
}

void Visitor::settle_in(const std::string& room,
                        const google::protobuf::RepeatedPtrField<Member>& all) {
  view_ = {room, {}};
  for (const Member& one : all) {
    view_.people[one.session()] = {one.name(), one.muted(), one.deafened()};
  }
}

void Visitor::believe(const Event& event) {
  std::map<unsigned, Neighbour>& people = view_.people;
  if (event.has_joined()) {
    const Member& one = event.joined().member();
    people[one.session()] = {one.name(), one.muted(), one.deafened()};
  } else if (event.has_left()) {
    people.erase(event.left().session());
  } else if (event.has_mute_changed()) {
    const auto found = people.find(event.mute_changed().session());
    if (found != people.end()) found->second.muted = event.mute_changed().muted();
  } else if (event.has_deafen_changed()) {
    const auto found = people.find(event.deafen_changed().session());
    if (found != people.end()) found->second.deafened = event.deafen_changed().deafened();
  } else if (event.has_text_said()) {
    texts_.push_back(event.text_said().text());
  } else if (event.has_roster()) {
    settle_in(event.roster().room(), event.roster().members());
  }
}

}  // namespace comcat::testing
