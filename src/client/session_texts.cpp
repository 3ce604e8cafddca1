// What a session shows of what is said in its room, and of what was said before.

#include <utility>

#include "comcat/client/session.h"

#include "absl/time/time.h"
#include "mention.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

absl::Time time_of(const wire::TextSaid& said) {
  return absl::FromUnixMillis(static_cast<std::int64_t>(said.time_ms));
}

/// [11-26 14:03], where the user is; no clock is needed for that.
std::string when(const wire::TextSaid& said) {
  return absl::FormatTime("[%m-%d %H:%M] ", time_of(said), absl::LocalTimeZone());
}

std::string line(const wire::TextSaid& said, const std::string& by) {
  return (said.earlier ? when(said) : "") + "<" + by + "> " + shown_text(said.text);
}

/// What programs are told of a text that the server keeps.
void describe(const wire::TextSaid& said, Object& object) {
  object.with("name", said.name).with("said", said.text);
  if (said.number == 0) return;
  object.with("number", static_cast<std::int64_t>(said.number))
      .with("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time_of(said), absl::UTCTimeZone()))
      .with("earlier", said.earlier);
}

}  // namespace

void Session::tell(const wire::Told& event) {
  if (passes_over(event.session, event.name)) return;
  Report report("msg", shown_name(event.name) + " says to you alone: " + shown_text(event.text));
  report.subject = event.name;
  report.is_text = true;
  report.is_for_you = true;
  report.details.with("session", static_cast<std::int64_t>(event.session))
      .with("name", event.name)
      .with("said", event.text);
  ports_.show(std::move(report));
}

void Session::execute(const TellText& wanted, base::Time now) {
  // "an (2)" is a device of an, and what is told to somebody reaches all of his devices.
  const wire::Member* const member = find_person(wanted.name);
  const std::string name = member != nullptr ? member->name : wanted.name;
  command(Kind::kTell, wire::Tell{name, wanted.text}, now);
}

void Session::show_sent(const wire::Tell& tell) {
  Report report("msg_sent",
                "you say to " + shown_name(tell.name) + " alone: " + shown_text(tell.text));
  report.subject = tell.name;
  report.is_text = true;
  report.details.with("name", tell.name).with("said", tell.text);
  show(std::move(report));
}

void Session::tell(const wire::TextSaid& event) {
  if (!seen_texts_.is_new(room_, event.number)) return;
  keep_place();
  if (passes_over(event.session, event.name)) return;
  const auto found = members_.find(event.session);
  wire::Member by = found == members_.end() ? wire::Member{} : found->second;
  by.name = event.name;
  Report report("said", line(event, client::shown_person(by)));
  report.details.with("session", static_cast<std::int64_t>(event.session));
  describe(event, report.details);
  report.subject = event.name;
  report.is_text = !event.earlier;
  report.is_for_you = !event.earlier && event.session != self_ && names(event.text, own_name());
  if (report.is_for_you) report.details.with("for_you", true);
  ports_.show(std::move(report));
}

bool Session::passes_over(wire::SessionNumber session, const std::string& name) const {
  const auto found = members_.find(session);
  return found != members_.end() ? people_.is_ignored(found->second) : people_.is_ignored(name);
}

void Session::execute(const ShowHistory& wanted, base::Time now) {
  command(Kind::kHistory, wire::History{seen_texts_.oldest(room_), wanted.most}, now);
}

void Session::show(const wire::TextPage& page) {
  std::string text =
      page.texts.empty() ? "there are no earlier texts in the room " : "earlier texts of the room ";
  text += shown_name(room_) + (page.texts.empty() ? "" : ":");
  std::vector<Object> objects;
  for (const wire::TextSaid& said : page.texts) {
    if (passes_over(said.session, said.name)) continue;
    text += "\n  " + line(said, shown_name(said.name));
    describe(said, objects.emplace_back());
  }
  if (!page.texts.empty()) {
    seen_texts_.add_earlier(room_, page.texts.front().number, page.texts.back().number);
    keep_place();
  }
  show(Report("history", text)
           .with("room", room_)
           .with("texts", std::move(objects))
           .with("more", page.more));
}

}  // namespace comcat::client
