#include "comcat/server/room.h"

#include <algorithm>
#include <utility>

#include "comcat/wire/convert.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace comcat::server {

namespace {

Payload texts_are_missing(std::size_t count) {
  const std::string text = (count == 1 ? "a text is" : std::to_string(count) + " texts are") +
                           " missing here: more was said than reached you in time";
  return std::make_shared<const std::string>(wire::encode_response(
      wire::Outcome{0, static_cast<int>(absl::StatusCode::kResourceExhausted), text, {}}));
}

void send(Session& member, const Payload& message, std::vector<Session*>& overflowed) {
  if (member.queue.push_control(message)) {
    member.link.wake();
  } else {
    overflowed.push_back(&member);
  }
}

}  // namespace

std::vector<wire::Member> Room::roster() const {
  std::vector<wire::Member> members;
  members.reserve(members_.size());
  for (const Session* session : members_) members.push_back(session->member);
  return members;
}

bool Room::has_name(const std::string& name) const {
  return std::any_of(members_.begin(), members_.end(), [&](const Session* session) {
    return absl::EqualsIgnoreCase(session->member.name, name);
  });
}

void Room::remove(Session& session) {
  std::erase(members_, &session);
  loudest_.remove(session.member.session);
}

void Room::queue_for(Session& listener, const Payload& payload, base::Time now) {
  const std::uint64_t dropped_before = listener.queue.dropped_frames();
  listener.queue.push_voice(payload, now);
  const std::uint64_t dropped = listener.queue.dropped_frames() - dropped_before;
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
  for (Session* listener : members_) {
    if (listener == &speaker || listener->member.deafened) continue;
    Payload& payload = listener->voice_batch ? batch : message;
    if (!payload) {
      payload = std::make_shared<const std::string>(
          listener->voice_batch
              ? wire::encode_voice(frame)
              : wire::encode_voice_message(frame, speaker.member.name, speaker.member.id));
    }
    queue_for(*listener, payload, now);
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
    if (!member->queue.push_event(payload)) continue;
    member->queue.release_events(joiner);
    member->link.wake();
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
    member->queue.release_events(joiner);
    if (member->queue.ready()) member->link.wake();
  }
}

void Room::say(const wire::TextSaid& text) {
  const auto payload =
      std::make_shared<const std::string>(wire::encode_response(wire::Event(text)));
  for (Session* member : members_) {
    if (member->original) continue;
    member->queue.push_text(payload);
    member->link.wake();
  }
}

void Room::catch_up(std::vector<Session*>& overflowed) {
  Payload payload;
  for (Session* member : members_) {
    if (member->write_started != base::Time{}) continue;
    if (const std::size_t missed = member->queue.take_missed_texts(); missed > 0) {
      send(*member, texts_are_missing(missed), overflowed);
    }
    if (!member->queue.behind()) continue;
    if (!payload) {
      payload = std::make_shared<const std::string>(
          wire::encode_response(wire::Event(wire::Roster{name_, roster()})));
    }
    member->queue.catch_up(payload);
    member->link.wake();
  }
}

void Room::deliver(const wire::Event& event, std::vector<Session*>& overflowed) {
  const auto payload = std::make_shared<const std::string>(wire::encode_response(event));
  for (Session* member : members_) {
    if (!member->original) send(*member, payload, overflowed);
  }
}

void Room::flush() {
  flush_at_.reset();
  gathered_.clear();
  for (Session* member : members_) {
    if (member->queue.ready()) member->link.wake();
  }
}

}  // namespace comcat::server
