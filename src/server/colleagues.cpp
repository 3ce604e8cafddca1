#include "comcat/server/colleagues.h"

#include <variant>

namespace comcat::server {

bool Colleagues::oblige(const wire::NodeMessage& message, base::Time now) {
  if (const auto* const text = std::get_if<wire::PrivateText>(&message.body)) {
    return texts.oblige(message.from, *text);
  }
  if (const auto* const order = std::get_if<wire::Order>(&message.body)) {
    return orders.oblige(message.from, *order, now);
  }
  if (const auto* const asked = std::get_if<wire::PeopleAsked>(&message.body)) {
    return directory.oblige(message.from, *asked, now);
  }
  if (const auto* const asked = std::get_if<wire::RoomsAsked>(&message.body)) {
    return directory.oblige(message.from, *asked);
  }
  return true;
}

}  // namespace comcat::server
