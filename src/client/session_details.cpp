// What a session says of people when it is asked who they are.

#include <string>
#include <utility>
#include <vector>

#include "comcat/client/session.h"

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

/// Where the user is; no clock is needed for that.
std::string since(std::uint64_t since_ms) {
  return "since " + absl::FormatTime("%m-%d %H:%M",
                                     absl::FromUnixMillis(static_cast<std::int64_t>(since_ms)),
                                     absl::LocalTimeZone());
}

}  // namespace

Report Session::who_elsewhere(const wire::Roster& roster) const {
  std::vector<std::string> names;
  std::vector<Object> objects;
  for (const wire::Member& member : roster.members) {
    names.push_back(marked_person(member));
    objects.push_back(object_of(member));
  }
  const std::string room = "in the room " + shown_name(roster.room);
  const std::string who =
      names.empty() ? "nobody is " + room : room + ": " + absl::StrJoin(names, ", ");
  return Report("who", who + details(roster.members))
      .with("room", roster.room)
      .with("members", std::move(objects));
}

std::string Session::details(const std::vector<wire::Member>& members) const {
  std::string out;
  for (const wire::Member& member : members) {
    std::vector<std::string> words;
    if (member.about.since_ms != 0) words.push_back(since(member.about.since_ms));
    if (ports_.is_talking(member.session)) words.emplace_back("talking");
    if (member.about.claimed) words.emplace_back("claimed");
    if (!member.about.device.empty()) words.push_back(member.about.device);
    if (!member.about.client.empty()) words.push_back(member.about.client);
    if (words.empty()) continue;
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : ", ") + word;
    out += "\n  " + client::shown_person(member) + ": " + line;
  }
  return out;
}

std::uint32_t Session::twin_of(wire::SessionNumber session) const {
  const auto found = members_.find(session);
  return found == members_.end() ? 0 : found->second.twin;
}

std::vector<wire::Member> Session::members() const {
  std::vector<wire::Member> out;
  out.reserve(members_.size());
  for (const auto& [session, member] : members_) out.push_back(member);
  return out;
}

}  // namespace comcat::client
