#include "comcat/server/room_deadlines.h"

namespace comcat::server {

RoomDeadlines::Place::Place(RoomDeadlines& all, Room& room)
    : places_(all.places_), at_(places_.emplace(kNever, &room).first) {}

RoomDeadlines::Place::~Place() {
  places_.erase(at_);
}

void RoomDeadlines::Place::move(base::Time deadline) {
  if (deadline == at_->first) return;
  auto place = places_.extract(at_);
  place.value().first = deadline;
  at_ = places_.insert(std::move(place)).position;
}

}  // namespace comcat::server
