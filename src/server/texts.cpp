#include "comcat/server/texts.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "comcat/server/room.h"
#include "comcat/wire/convert.h"
#include "comcat/wire/limits.h"

namespace comcat::server {
namespace {

absl::Status busy() {
  return absl::ResourceExhaustedError("too many texts wait to be kept; try again");
}

constexpr std::chrono::seconds kComesBack{1};  // what has been kept

/// Of what a caller says once: that and the words, as clients of others may number nothing.
std::string id_of(const Caller& caller, std::uint64_t trace_id, const std::string& text) {
  return caller.who.id + "." + std::to_string(trace_id) + "." +
         std::to_string(std::hash<std::string>{}(text));
}

/// `why` the common history has not taken a text, for whoever said it.
absl::Status not_shared(const absl::Status& why) {
  const std::string reason = " (" + std::string(why.message()) + ")";
  if (absl::IsDeadlineExceeded(why)) {
    return absl::DeadlineExceededError("whether your text was said is not known" + reason +
                                       "; see whether it comes before you say it again");
  }
  return absl::UnavailableError("your text was not said, as the servers cannot keep it" + reason +
                                "; try again");
}

/// `text`, said by `session`: 0 where that is of another time.
wire::TextSaid said(const store::Text& text, wire::SessionNumber session) {
  const auto time_ms = static_cast<std::uint64_t>(text.time.time_since_epoch().count());
  return {session, text.name, text.text, text.number, time_ms, session == 0};
}

/// A page as one message of events.
Payload page_of(const std::vector<store::Text>& texts) {
  std::string bytes;
  for (const store::Text& text : texts) {
    bytes += wire::encode_response(wire::Event(said(text, 0)));
  }
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

// ---- asking

bool Texts::ask(Asked asked, decltype(store::Request::what) what) {
  if (!keeper_->ask({next_ticket_, std::move(what)})) return false;
  asked_.emplace(next_ticket_++, std::move(asked));
  return true;
}

bool Texts::share(Asked asked, const Caller& caller, const std::string& text) {
  std::string id = id_of(caller, asked.trace_id, text);
  const wire::RoomText said{caller.room->name(), caller.who.number, caller.who.name, text};
  if (!shared_->say(next_ticket_, said, std::move(id))) return false;
  asked_.emplace(next_ticket_++, std::move(asked));
  return true;
}

void Texts::say(Caller& caller, std::uint64_t trace_id, const std::string& text) {
  if (shared_ == nullptr && !are_kept()) {
    metrics_.texts.fetch_add(1);
    caller.answer(trace_id, absl::OkStatus());
    caller.room->say({caller.who.number, caller.who.name, text, 0, 0, false});
    return;
  }
  const std::string& room = caller.room->key();
  Asked asked{Kind::kSay, caller.who.number, trace_id, room, true};
  if (shared_ != nullptr ? share(std::move(asked), caller, text)
                         : ask(std::move(asked), store::Append{room, caller.who.name, text})) {
    ++caller.unanswered;
  } else {
    metrics_.texts_unkept.fetch_add(1);
    caller.answer(trace_id, busy());
  }
}

void Texts::show(Caller& caller, std::uint64_t trace_id, const wire::History& wanted) {
  if (!are_kept()) {
    caller.answer(trace_id, absl::FailedPreconditionError("this server keeps no texts"));
    return;
  }
  if (caller.room->hides_texts_from(caller.who)) {
    caller.answer(trace_id, absl::PermissionDeniedError(
                                "only hosts may see the texts of the room " + caller.room->name()));
    return;
  }
  const std::string& room = caller.room->key();
  const std::uint32_t most =
      wanted.most == 0 ? wire::kUsualTexts : std::min(wanted.most, wire::kMaxTextsAsked);
  if (ask({Kind::kShow, caller.who.number, trace_id, room, true},
          store::Read{room, 0, wanted.before, most})) {
    ++caller.unanswered;
  } else {
    caller.answer(trace_id, busy());
  }
}

void Texts::arrive(Caller& caller, std::uint64_t last) {
  if (!are_kept() || !caller.listener.takes_history) return;
  caller.listener.texts = TextCourse::kBehind;
  caller.listener.last_text = last;
  catch_up(caller);
}

void Texts::catch_up(Caller& caller) {
  Listener& listener = caller.listener;
  if (listener.texts != TextCourse::kBehind || listener.messages.has_text()) return;
  if (caller.room->hides_texts_from(caller.who)) {
    listener.texts = TextCourse::kLive;
    return;
  }
  const std::uint32_t most = listener.last_text == 0 ? wire::kUsualTexts : wire::kMaxTextsAsked;
  const std::string& room = caller.room->key();
  if (ask({Kind::kCatchUp, caller.who.number, 0, room, true},
          store::Read{room, listener.last_text, 0, most})) {
    listener.texts = TextCourse::kAsked;
  }
}

void Texts::forget(wire::SessionNumber session) {
  for (auto& [ticket, asked] : asked_) {
    if (asked.session == session) asked.owed = false;
  }
  for (auto& [number, unheard] : unheard_) {
    if (unheard.asked.session == session) unheard.asked.owed = false;
  }
}

// ---- answers

Caller* Texts::owed(const Asked& asked) const {
  const auto who = callers_.find(asked.session);
  return who == callers_.end() || !asked.owed ? nullptr : who->second;
}

Texts::Answered Texts::take(store::Answer answer) {
  Answered answered;
  hear(answer.placed, answered);
  auto taken = asked_.extract(answer.ticket);
  if (taken.empty()) return answered;
  const Asked& asked = taken.mapped();
  Caller* const caller = owed(asked);
  switch (asked.kind) {
    case Kind::kSay:
      // Also where the caller has gone: what is kept is heard. Before the answer, so that the
      // caller's own text is not overtaken by answers to what came later.
      if (Room* const room = rooms_.find_by_key(asked.room)) {
        for (const store::Text& text : answer.texts) room->say(said(text, asked.session));
      }
      answer_say(asked, answer.status, answered);
      break;
    case Kind::kShow:
      answer_show(asked, caller, answer);
      if (caller != nullptr) answered.push_back(caller);
      break;
    case Kind::kCatchUp:
      answer_catch_up(asked, caller, answer);
      break;
  }
  return answered;
}

Texts::Answered Texts::take_said(std::uint64_t ticket, const absl::StatusOr<std::uint64_t>& number,
                                 base::Time now) {
  Answered answered;
  auto taken = asked_.extract(ticket);
  if (taken.empty()) return answered;
  Asked asked = std::move(taken.mapped());
  if (!number.ok()) {
    answer_say(asked, not_shared(number.status()), answered);
  } else if (*number <= heard_) {
    answer_say(asked, absl::OkStatus(), answered);
  } else {
    unheard_.emplace(*number, Unheard{std::move(asked), now + kComesBack});
  }
  return answered;
}

void Texts::hear(const std::vector<store::LoggedText>& texts, Answered& answered) {
  for (const store::LoggedText& logged : texts) {
    heard_ = std::max(heard_, logged.text.number);
    Room* const room = rooms_.find_by_key(logged.room);
    if (room == nullptr) continue;
    wire::TextSaid text = said(logged.text, logged.earlier ? 0 : logged.session);
    if (!are_kept()) text.number = 0;  // there is nothing to be read later
    room->say(text);
  }
  while (!unheard_.empty() && unheard_.begin()->first <= heard_) {
    const Unheard unheard = std::move(unheard_.extract(unheard_.begin()).mapped());
    answer_say(unheard.asked, absl::OkStatus(), answered);
  }
}

Texts::Answered Texts::tick(base::Time now) {
  Answered answered;
  std::erase_if(unheard_, [&](const auto& entry) {
    if (entry.second.until > now) return false;
    answer_say(entry.second.asked, absl::OkStatus(), answered);
    return true;
  });
  return answered;
}

void Texts::answer_say(const Asked& asked, const absl::Status& status, Answered& answered) {
  (status.ok() ? metrics_.texts : metrics_.texts_unkept).fetch_add(1);
  Caller* const caller = owed(asked);
  if (caller == nullptr) return;
  --caller->unanswered;
  caller->answer(asked.trace_id, status);
  answered.push_back(caller);
}

void Texts::answer_show(const Asked& asked, Caller* caller, const store::Answer& answer) {
  if (caller == nullptr) return;
  --caller->unanswered;
  if (caller->who.original) return;  // it knows no answers
  if (!answer.status.ok()) {
    caller->answer(asked.trace_id, answer.status);
    return;
  }
  wire::TextPage page;
  page.more = answer.more;
  for (const store::Text& text : answer.texts) page.texts.push_back(said(text, 0));
  const auto outcome = std::make_shared<const std::string>(
      wire::encode_response(wire::Outcome{asked.trace_id, 0, "", std::move(page)}));
  // Nobody is closed for asking while the network is slow.
  if (caller->listener.messages.has_room_for(outcome)) {
    caller->listener.send(outcome);
  } else {
    caller->answer(asked.trace_id,
                   absl::ResourceExhaustedError("other answers still wait for you; try again"));
  }
}

void Texts::answer_catch_up(const Asked& asked, Caller* caller, const store::Answer& answer) {
  if (caller == nullptr || caller->room == nullptr || caller->room->key() != asked.room) return;
  Listener& listener = caller->listener;
  if (listener.texts != TextCourse::kAsked) return;  // it has moved there and back meanwhile
  listener.texts = TextCourse::kLive;
  if (!answer.status.ok()) caller->answer(0, answer.status);
  if (answer.texts.empty() || caller->room->hides_texts_from(caller->who)) return;
  const bool goes_on = listener.last_text != 0 && answer.more;
  const bool taken = listener.messages.offer_text(page_of(answer.texts));
  if (taken) listener.last_text = answer.texts.back().number;
  if (goes_on || !taken) listener.texts = TextCourse::kBehind;  // asked for when there is room
  if (taken) listener.link.wake();
  catch_up(*caller);
}

}  // namespace comcat::server
