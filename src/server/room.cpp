#include "comcat/server/room.h"

#include <algorithm>
#include <utility>

#include "comcat/datagram/voice.h"
#include "comcat/wire/convert.h"

#include "absl/status/status.h"
#include "member_changes.h"

namespace comcat::server {

namespace {

Payload texts_are_missing(std::size_t count) {
  const std::string text = (count == 1 ? "a text is" : std::to_string(count) + " texts are") +
                           " missing here: more was said than reached you in time";
  return std::make_shared<const std::string>(wire::encode_response(
      wire::Outcome{0, static_cast<int>(absl::StatusCode::kResourceExhausted), text, {}}));
}

/// One packet in each of the forms in which somebody may hear it, made where it is asked for and
/// once.
class Forms {
 public:
  Forms(const Participant& speaker, const wire::VoicePacket& packet)
      : speaker_(speaker), packet_(packet) {}

  /// What is to be queued for `listener`, who is `who`, in order.
  const std::vector<Payload>& of(const Participant& who, const Listener& listener) {
    if (listener.takes_batches) return batch();
    return who.original ? original() : message();
  }

  /// What is to leave as a datagram.
  const Payload& datagram() {
    if (!datagram_) {
      std::string bytes;
      datagram::append_voice(packet_, bytes);
      datagram_ = std::make_shared<const std::string>(std::move(bytes));
    }
    return datagram_;
  }

 private:
  const std::vector<Payload>& batch() {
    if (batch_.empty()) add(batch_, wire::encode_voice(packet_));
    return batch_;
  }
  const std::vector<Payload>& message() {
    if (message_.empty()) {
      add(message_, wire::encode_voice_message(packet_, speaker_.name, speaker_.id));
    }
    return message_;
  }
  const std::vector<Payload>& original() {
    if (original_.empty()) {
      for (std::string& frame : wire::encode_original_voice(packet_, speaker_.name, speaker_.id)) {
        add(original_, std::move(frame));
      }
    }
    return original_;
  }
  static void add(std::vector<Payload>& form, std::string bytes) {
    form.push_back(std::make_shared<const std::string>(std::move(bytes)));
  }

  const Participant& speaker_;
  const wire::VoicePacket& packet_;
  Payload datagram_;
  std::vector<Payload> batch_;
  std::vector<Payload> message_;
  std::vector<Payload> original_;
};

}  // namespace

std::vector<wire::Member> Room::roster() const {
  std::vector<wire::Member> members;
  members.reserve(size());
  for (const Person& person : people_) members.push_back(person.who->member());
  for (const Participant* who : away_) members.push_back(who->member());
  for (const auto& [number, who] : elsewhere_people_) members.push_back(who.member());
  return members;
}

std::vector<wire::SessionNumber> Room::named_elsewhere(const std::string& name_key) const {
  std::vector<wire::SessionNumber> out;
  for (const auto& [number, who] : elsewhere_people_) {
    if (who.name_key == name_key && !who.away) out.push_back(number);
  }
  return out;
}

std::vector<const Participant*> Room::named(const std::string& name_key,
                                            const Participant& except) const {
  std::vector<const Participant*> out = away_;
  for (const Person& person : people_) out.push_back(person.who);
  for (const auto& [number, who] : elsewhere_people_) out.push_back(&who);
  std::erase_if(
      out, [&](const Participant* who) { return who == &except || who->name_key != name_key; });
  return out;
}

bool Room::has_name(const std::string& name_key, const Participant& except) const {
  return !named(name_key, except).empty();
}

bool Room::is_taken(const Participant& who, const Participant& except) const {
  std::vector<const Participant*> others = named(who.name_key, except);
  std::erase(others, &who);
  return others.size() >= kMaxTwins || std::ranges::any_of(others, [&](const Participant* other) {
           return !other->is_twin_of(who);
         });
}

std::uint32_t Room::free_twin(const Participant& who) const {
  const std::vector<const Participant*> others = named(who.name_key, who);
  const auto is_taken = [&](std::uint32_t twin) {
    return std::ranges::any_of(others, [&](const Participant* other) {
      return std::max<std::uint32_t>(other->twin, 1) == twin;
    });
  };
  std::uint32_t twin = 1;
  while (is_taken(twin)) ++twin;
  return twin == 1 ? 0 : twin;
}

void Room::add(const Participant& who, Listener& listener) {
  people_.push_back({&who, &listener});
  loudest_.add(who.number, who.share);
}

void Room::remove(const Participant& who) {
  std::erase_if(people_, [&](const Person& person) { return person.who == &who; });
  loudest_.remove(who.number);
}

void Room::set_away(const Participant& who, const Participant& kept) {
  remove(who);
  away_.push_back(&kept);
}

void Room::remove_away(const Participant& kept) {
  std::erase(away_, &kept);
}

const Participant* Room::find_here(wire::SessionNumber number) const {
  for (const Person& person : people_) {
    if (person.who->number == number) return person.who;
  }
  const auto found = std::ranges::find(away_, number, &Participant::number);
  return found == away_.end() ? nullptr : *found;
}

void Room::put_elsewhere(Participant who, base::Time now) {
  const auto found = elsewhere_people_.find(who.number);
  if (found == elsewhere_people_.end()) {
    tell_here(wire::Joined{who.member()}, nullptr, now);
    return know_elsewhere(std::move(who));
  }
  const wire::Member before = found->second.member();
  const wire::Member after = who.member();
  found->second = std::move(who);
  for (const wire::Event& event : changes_between(before, after)) tell_here(event, nullptr, now);
}

void Room::know_elsewhere(Participant who) {
  loudest_.add(who.number, who.share);
  const wire::SessionNumber number = who.number;
  elsewhere_people_.insert_or_assign(number, std::move(who));
}

void Room::remove_elsewhere(const wire::Left& left, base::Time now) {
  if (elsewhere_people_.erase(left.session) == 0) return;
  loudest_.remove(left.session);
  tell_here(left, nullptr, now);
}

void Room::move_elsewhere(const Participant& who, Participant there, base::Time now) {
  const wire::Member before = who.member();
  const wire::Member after = there.member();
  remove(who);
  remove_away(who);
  know_elsewhere(std::move(there));
  for (const wire::Event& event : changes_between(before, after)) tell_here(event, nullptr, now);
}

void Room::take_over(const Participant& who, Listener& listener, base::Time now) {
  const wire::Event joined = wire::Joined{who.member()};
  wire::Events news{joined};  // to whoever is here and knew nothing of them
  if (const auto found = elsewhere_people_.find(who.number); found != elsewhere_people_.end()) {
    news = changes_between(found->second.member(), who.member());
    loudest_.remove(who.number);
    elsewhere_people_.erase(found);
  }
  add(who, listener);
  for (const wire::Event& event : news) tell_here(event, &who, now);
  tell_elsewhere(joined, now);
}

void Room::forget_elsewhere() {
  for (const auto& [number, who] : elsewhere_people_) loudest_.remove(number);
  elsewhere_people_.clear();
}

void Room::queue_for(Listener& listener, const Payload& payload, base::Time now) {
  const std::uint64_t dropped_before = listener.voice.dropped();
  listener.voice.push(payload, now);
  const std::uint64_t dropped = listener.voice.dropped() - dropped_before;
  if (dropped > 0) metrics_.dropped(Drop::kQueueOverflow, dropped);
  if (!flush_at_) listener.link.wake();
}

void Room::speak(const Participant& speaker, const wire::VoicePacket& frame, base::Time now) {
  if (elsewhere_ != nullptr && has_elsewhere()) elsewhere_->speak(*this, speaker, frame, now);
  if (!loudest_.offer(speaker.number, frame.level_dbov, now)) {
    metrics_.dropped(Drop::kNotLoudest);
    return;
  }
  relay(speaker, frame, now);
}

bool Room::hear(const wire::VoicePacket& frame, base::Time now) {
  const auto found = elsewhere_people_.find(frame.speaker);
  if (found == elsewhere_people_.end()) return false;
  if (found->second.is_muted()) return true;
  if (!loudest_.offer(frame.speaker, frame.level_dbov, now)) {
    metrics_.dropped(Drop::kNotLoudest);
    return true;
  }
  relay(found->second, frame, now);
  return true;
}

void Room::free_slot(const Participant& speaker) {
  loudest_.silence(speaker.number);
  if (elsewhere_ != nullptr) elsewhere_->silence(*this, speaker);
}

void Room::relay(const Participant& speaker, const wire::VoicePacket& frame, base::Time now) {
  Forms forms(speaker, frame);
  by_stream_.clear();
  for (const Person& person : people_) {
    if (person.who == &speaker && !person.listener->hears_self) continue;
    if (person.who->deafened) continue;
    VoicePath* const path = person.listener->path.get();
    if (path == nullptr || !path->send(forms.datagram(), now)) by_stream_.push_back(person);
  }
  load_.count(by_stream_.size(), now);
  const auto wait = load_.wait();
  if (!flush_at_ && wait.count() > 0 && loudest_.talking(now) > 1) flush_at_ = now + wait;
  for (const auto& [who, listener] : by_stream_) {
    for (const Payload& payload : forms.of(*who, *listener)) queue_for(*listener, payload, now);
  }
  if (flush_at_ && gather(speaker.number) >= loudest_.talking(now)) flush();
  reschedule();
}

std::size_t Room::gather(wire::SessionNumber speaker) {
  if (std::find(gathered_.begin(), gathered_.end(), speaker) == gathered_.end()) {
    gathered_.push_back(speaker);
  }
  return gathered_.size();
}

void Room::tell(const wire::Event& event, const Participant* except, base::Time now) {
  tell_here(event, except, now);
  tell_elsewhere(event, now);
}

void Room::tell_elsewhere(const wire::Event& event, base::Time now) {
  if (elsewhere_ != nullptr) elsewhere_->tell(*this, event, now);
}

void Room::tell_here(const wire::Event& event, const Participant* except, base::Time now) {
  const auto payload = std::make_shared<const std::string>(wire::encode_response(event));
  EventJoiner joiner;
  for (const auto& [who, listener] : people_) {
    if (who == except || who->original) continue;
    if (!listener->messages.push_event(payload)) continue;
    listener->messages.release_events(joiner);
    listener->link.wake();
  }
  if (events_at_) return;
  if (now - last_events_ >= kEventGap) {
    release_events(now);
  } else {
    events_at_ = now + kEventGap;
    reschedule();
  }
}

void Room::release_events(base::Time now) {
  events_at_.reset();
  last_events_ = now;
  EventJoiner joiner;
  for (const auto& [who, listener] : people_) {
    listener->messages.release_events(joiner);
    if (listener->ready()) listener->link.wake();
  }
}

void Room::say(const wire::TextSaid& text) {
  const auto payload =
      std::make_shared<const std::string>(wire::encode_response(wire::Event(text)));
  for (const auto& [who, listener] : people_) {
    if (who->original || (hides_texts_from(*who) && who->number != text.session)) continue;
    const std::uint64_t number = hides_texts_from(*who) ? 0 : text.number;  // 0: no history for it
    if (take_text(*listener, number, payload)) listener->link.wake();
  }
}

bool Room::take_text(Listener& listener, std::uint64_t number, const Payload& text) {
  if (number == 0 || !listener.takes_history) {
    listener.messages.push_text(text);
    return true;
  }
  if (listener.texts != TextCourse::kLive) return false;
  if (listener.messages.offer_text(text)) {
    listener.last_text = number;
    return true;
  }
  listener.texts = TextCourse::kBehind;
  listener.last_text = number - 1;
  return false;
}

void Room::catch_up() {
  Payload payload;
  for (const auto& [who, listener] : people_) {
    if (listener->write_started != base::Time{}) continue;
    if (const std::size_t missed = listener->messages.take_missed_texts(); missed > 0) {
      listener->send(texts_are_missing(missed));
    }
    if (!listener->messages.behind()) continue;
    if (!payload) {
      payload = std::make_shared<const std::string>(
          wire::encode_response(wire::Event(wire::Roster{name_, roster()})));
    }
    listener->messages.catch_up(payload);
    listener->link.wake();
  }
}

absl::Status Room::tell_alone(const std::string& name_key, const wire::Told& text) const {
  const auto payload =
      std::make_shared<const std::string>(wire::encode_response(wire::Event(text)));
  absl::Status status = absl::NotFoundError("nobody in your room goes by that name");
  const auto note_away = [&](const Participant& who) {
    if (who.name_key != name_key) return;
    status = absl::FailedPreconditionError(who.name + " is away; try again once they are back");
  };
  for (const auto& [number, who] : elsewhere_people_) {
    if (who.away) note_away(who);
  }
  for (const Participant* who : away_) note_away(*who);
  bool reached = false;  // one of the person's devices at least
  for (const auto& [who, listener] : people_) {
    if (who->name_key != name_key) continue;
    if (who->original) {
      status = absl::FailedPreconditionError(who->name + " has a client that shows no texts");
    } else if (!listener->messages.offer_text(payload)) {
      status = absl::ResourceExhaustedError(who->name + " has too many texts to read; try again");
    } else {
      listener->link.wake();
      reached = true;
    }
  }
  return reached ? absl::OkStatus() : status;
}

void Room::deliver(const wire::Event& event) {
  const auto payload = std::make_shared<const std::string>(wire::encode_response(event));
  for (const auto& [who, listener] : people_) {
    if (!who->original) listener->send(payload);
  }
}

void Room::flush() {
  flush_at_.reset();
  gathered_.clear();
  for (const auto& [who, listener] : people_) {
    if (listener->ready()) listener->link.wake();
  }
}

void Room::tick(base::Time now) {
  if (flush_at_ && *flush_at_ <= now) flush();
  if (events_at_ && *events_at_ <= now) release_events(now);
  reschedule();
}

void Room::reschedule() {
  place_.move(std::min(flush_at_.value_or(RoomDeadlines::kNever),
                       events_at_.value_or(RoomDeadlines::kNever)));
}

}  // namespace comcat::server
