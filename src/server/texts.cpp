#include "comcat/server/texts.h"

#include <algorithm>
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

void Texts::say(Caller& caller, std::uint64_t trace_id, const std::string& text) {
  if (!are_kept()) {
    metrics_.texts.fetch_add(1);
    caller.answer(trace_id, absl::OkStatus());
    caller.room->say({caller.who.number, caller.who.name, text, 0, 0, false});
    return;
  }
  const std::string& room = caller.room->key();
  if (ask({Kind::kSay, caller.who.number, trace_id, room, true},
          store::Append{room, caller.who.name, text})) {
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
}

// ---- answers

Caller* Texts::take(store::Answer answer) {
  const auto found = asked_.find(answer.ticket);
  if (found == asked_.end()) return nullptr;
  const Asked asked = std::move(found->second);
  asked_.erase(found);
  const auto who = callers_.find(asked.session);
  Caller* const caller = who == callers_.end() || !asked.owed ? nullptr : who->second;
  switch (asked.kind) {
    case Kind::kSay:
      answer_say(asked, caller, answer);
      return caller;
    case Kind::kShow:
      answer_show(asked, caller, answer);
      return caller;
    case Kind::kCatchUp:
      answer_catch_up(asked, caller, answer);
      break;
  }
  return nullptr;
}

/// Also where the caller has gone: what is kept is heard. Before the answer, so that the caller's
/// own text is not overtaken by answers to what came later.
void Texts::answer_say(const Asked& asked, Caller* caller, const store::Answer& answer) {
  (answer.status.ok() ? metrics_.texts : metrics_.texts_unkept).fetch_add(1);
  if (Room* const room = rooms_.find_by_key(asked.room)) {
    for (const store::Text& text : answer.texts) room->say(said(text, asked.session));
  }
  if (caller == nullptr) return;
  --caller->unanswered;
  caller->answer(asked.trace_id, answer.status);
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
