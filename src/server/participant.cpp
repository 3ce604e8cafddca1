#include "comcat/server/participant.h"

#include <utility>

#include "comcat/base/unicode.h"

namespace comcat::server {

void Participant::set_name(std::string its_name) {
  name_key = base::comparison_key(its_name);
  name = std::move(its_name);
}

Participant participant_of(const wire::Member& member) {
  Participant who;
  who.number = member.session;
  who.id = member.id;
  who.set_name(member.name);
  who.muted = member.muted && !member.muted_by_host;
  who.deafened = member.deafened;
  who.host = member.host;
  who.muted_by_host = member.muted_by_host;
  who.recording = member.recording;
  who.away = member.away;
  who.original = member.original;
  who.twin = member.twin;
  who.about = member.about;
  who.share = Share{member.session};
  return who;
}

}  // namespace comcat::server
