#include "comcat/server/room.h"

#include <algorithm>
#include <utility>

#include "comcat/wire/convert.h"

#include "absl/status/status.h"

namespace comcat::server {

namespace {

Payload texts_are_missing(std::size_t count) {
  const std::string text = (count == 1 ? "a text is" : std::to_string(count) + " texts are") +
                           " missing here: more was said than reached you in time";
  return std::make_shared<const std::string>(wire::encode_response(
      wire::Outcome{0, static_cast<int>(absl::StatusCode::kResourceExhausted), text, {}}));
}

}  // namespace

std::vector<wire::Member> Room::roster() const {
  std::vector<wire::Member> members;
  members.reserve(members_.size());
  for (const Session* session : members_) members.push_back(session->member);
  return members;
}

bool Room::has_name(const std::string& name_key) const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const Session* session) { return session->name_key == name_key; });
}

void Room::remove(Session& session) {
  std::erase(members_, &session);
  loudest_.remove(session.member.session);
}

void Room::queue_for(Listener& listener, const Payload& payload, base::Time now) {
  const std::uint64_t dropped_before = listener.voice.dropped();
  listener.voice.push(payload, now);
  const std::uint64_t dropped = listener.voice.dropped() - dropped_before;
  if (dropped > 0) metrics_.dropped(Drop::kQueueOverflow, dropped);
  if (!flush_at_) listener.link.wake();
}

bool Room::speak(Session& speaker, const wire::VoicePacket& frame, base::Time now) {
  if (!loudest_.offer(speaker.member.session, frame.level_dbov, now)) {
    metrics_.dropped(Drop::kNotLoudest);
    return false;
  }
  const bool waits = !flush_at_ && loudest_.talking(now) > 1;
  if (waits) flush_at_ = now + kCoalesce;
  Payload batch;
  Payload message;
  for (Session* member : members_) {
    if (member == &speaker || member->member.deafened) continue;
    Payload& payload = member->listener.takes_batches ? batch : message;
    if (!payload) {
      payload = std::make_shared<const std::string>(
          member->listener.takes_batches
              ? wire::encode_voice(frame)
              : wire::encode_voice_message(frame, speaker.member.name, speaker.member.id));
    }
    queue_for(member->listener, payload, now);
  }
  if (flush_at_ && gather(speaker.member.session) >= loudest_.talking(now)) {
    flush();
    return false;
  }
  return waits;
}

std::size_t Room::gather(wire::SessionNumber speaker) {
  if (std::find(gathered_.begin(), gathered_.end(), speaker) == gathered_.end()) {
    gathered_.push_back(speaker);
  }
  return gathered_.size();
}

bool Room::tell(const wire::Event& event, const Session* except, base::Time now) {
  const auto payload = std::make_shared<const std::string>(wire::encode_response(event));
  EventJoiner joiner;
  for (Session* member : members_) {
    if (member == except || member->original) continue;
    if (!member->listener.messages.push_event(payload)) continue;
    member->listener.messages.release_events(joiner);
    member->listener.link.wake();
  }
  if (events_at_) return false;
  if (now - last_events_ >= kEventGap) {
    release_events(now);
    return false;
  }
  events_at_ = now + kEventGap;
  return true;
}

void Room::release_events(base::Time now) {
  events_at_.reset();
  last_events_ = now;
  EventJoiner joiner;
  for (Session* member : members_) {
    member->listener.messages.release_events(joiner);
    if (member->listener.ready()) member->listener.link.wake();
  }
}

void Room::say(const wire::TextSaid& text) {
  const auto payload =
      std::make_shared<const std::string>(wire::encode_response(wire::Event(text)));
  for (Session* member : members_) {
    if (member->original) continue;
    member->listener.messages.push_text(payload);
    member->listener.link.wake();
  }
}

void Room::catch_up() {
  Payload payload;
  for (Session* member : members_) {
    Listener& listener = member->listener;
    if (listener.write_started != base::Time{}) continue;
    if (const std::size_t missed = listener.messages.take_missed_texts(); missed > 0) {
      listener.send(texts_are_missing(missed));
    }
    if (!listener.messages.behind()) continue;
    if (!payload) {
      payload = std::make_shared<const std::string>(
          wire::encode_response(wire::Event(wire::Roster{name_, roster()})));
    }
    listener.messages.catch_up(payload);
    listener.link.wake();
  }
}

void Room::deliver(const wire::Event& event) {
  const auto payload = std::make_shared<const std::string>(wire::encode_response(event));
  for (Session* member : members_) {
    if (!member->original) member->listener.send(payload);
  }
}

void Room::flush() {
  flush_at_.reset();
  gathered_.clear();
  for (Session* member : members_) {
    if (member->listener.ready()) member->listener.link.wake();
  }
}

}  // namespace comcat::server
