#include "member_changes.h"

#include <tuple>

namespace comcat::server {
namespace {

/// What no event of its own says.
auto rest_of(const wire::Member& member) {
  return std::tie(member.name, member.twin, member.host, member.original, member.about.device,
                  member.about.claimed, member.about.client, member.about.since_ms);
}

}  // namespace

wire::Events changes_between(const wire::Member& before, const wire::Member& after) {
  if (rest_of(before) != rest_of(after)) return {wire::MemberChanged{after}};
  wire::Events events;
  const wire::SessionNumber session = after.session;
  if (before.muted != after.muted || before.muted_by_host != after.muted_by_host) {
    events.emplace_back(wire::MuteChanged{session, after.muted, after.muted_by_host});
  }
  if (before.deafened != after.deafened) {
    events.emplace_back(wire::DeafenChanged{session, after.deafened});
  }
  if (before.recording != after.recording) {
    events.emplace_back(wire::RecordingChanged{session, after.recording});
  }
  if (before.away && !after.away) events.emplace_back(wire::Back{session});
  if (!before.away && after.away) events.emplace_back(wire::Away{session});
  return events;
}

}  // namespace comcat::server
