#include "weight.h"

#include <string>
#include <variant>
#include <vector>

namespace comcat::client {
namespace {

std::size_t weight_bytes(const std::vector<wire::Member>& members) {
  std::size_t bytes = 0;
  for (const wire::Member& member : members) {
    bytes += sizeof(member) + member.id.size() + member.name.size();
  }
  return bytes;
}

std::size_t weight_bytes(const wire::RoomList& list) {
  std::size_t bytes = 0;
  for (const wire::RoomInfo& room : list.rooms) bytes += sizeof(room) + room.name.size();
  return bytes;
}

/// Of what an event or outcome holds beside its struct.
struct Weigh {
  std::size_t operator()(const wire::Joined& joined) const {
    return joined.member.id.size() + joined.member.name.size();
  }
  std::size_t operator()(const wire::TextSaid& said) const {
    return said.name.size() + said.text.size();
  }
  std::size_t operator()(const wire::Told& told) const {
    return told.name.size() + told.text.size();
  }
  std::size_t operator()(const wire::Roster& roster) const { return weight_bytes(roster.members); }
  std::size_t operator()(const wire::RoomList& list) const { return weight_bytes(list); }
  template <typename Other>
  std::size_t operator()(const Other& /*small*/) const {
    return 0;
  }
};

}  // namespace

std::size_t weight_bytes(const wire::Welcome& welcome) {
  return sizeof(welcome) + weight_bytes(welcome.members);
}

std::size_t weight_bytes(const wire::Outcome& outcome) {
  return sizeof(outcome) + outcome.text.size() + std::visit(Weigh{}, outcome.result);
}

std::size_t weight_bytes(const wire::Event& event) {
  return sizeof(event) + std::visit(Weigh{}, event);
}

}  // namespace comcat::client
