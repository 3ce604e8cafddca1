#include "comcat/server/directory.h"

#include <cstdint>
#include <utility>
#include <variant>

#include "comcat/base/unicode.h"

#include "node_names.h"
#include "pages.h"

namespace comcat::server {

void Directory::ask(const wire::PeopleAsked& asked, Errands::Done done, base::Time now) {
  const auto question = [&](std::uint64_t id) {
    wire::PeopleAsked with_id = asked;
    with_id.id = id;
    return with_id;
  };
  link_->ask_nodes(other_nodes(*link_), question, std::move(done), now);
}

void Directory::ask(const wire::RoomsAsked& asked, Errands::Done done, base::Time now) {
  const auto question = [&](std::uint64_t id) {
    wire::RoomsAsked with_id = asked;
    with_id.id = id;
    return with_id;
  };
  link_->ask_nodes(other_nodes(*link_), question, std::move(done), now);
}

bool Directory::knows(const std::string& name) const {
  const Room* const room = rooms_.find(name);
  return room != nullptr && room->size_here() > 0;
}

std::vector<Directory::Found> Directory::people(const wire::PeopleAsked& asked,
                                                const Errands::Result& result,
                                                base::Time now) const {
  std::vector<Found> out;
  for (wire::Located& it : hosts_.located(asked, now)) out.push_back({0, std::move(it)});
  for (const Errands::Reply& reply : result.replies) {
    for (const wire::Located& it : std::get<wire::PeopleAnswered>(reply.body).people) {
      out.push_back({reply.from, it});
    }
  }
  return out;
}

absl::StatusOr<wire::Roster> Directory::roster(const std::string& name, const Caller& caller,
                                               const Errands::Result& result) const {
  const absl::StatusOr<wire::Roster> here = rooms_.roster(name, caller);
  if (absl::IsPermissionDenied(here.status()) || knows(name)) return here;
  wire::Roster out{name, {}};
  for (const Errands::Reply& reply : result.replies) {
    for (const wire::Located& it : std::get<wire::PeopleAnswered>(reply.body).people) {
      out.room = it.room;
      out.members.push_back(it.member);
    }
  }
  return out.members.empty() ? here : out;
}

wire::RoomList Directory::rooms(const Caller* caller, bool with_names,
                                const Errands::Result& result) const {
  std::vector<wire::RoomInfo> others;
  for (const Errands::Reply& reply : result.replies) {
    for (const wire::RoomInfo& it : std::get<wire::RoomsAnswered>(reply.body).rooms) {
      others.push_back(it);
    }
  }
  return rooms_.list_with(others, caller, with_names);
}

HostFigures Directory::figures(const Errands::Result& result) const {
  HostFigures sum = hosts_.figures();
  sum.rooms = 0;
  for (const wire::RoomInfo& room : rooms(nullptr, false, result).rooms) {
    if (room.members > 0) ++sum.rooms;
  }
  for (const Errands::Reply& reply : result.replies) {
    const wire::Figures& its = std::get<wire::RoomsAnswered>(reply.body).figures;
    sum.callers += its.callers;
    sum.joins += its.joins;
    sum.frames_in += its.frames_in;
    sum.frames_out += its.frames_out;
  }
  return sum;
}

bool Directory::oblige(const wire::Sender& from, const wire::PeopleAsked& asked, base::Time now) {
  send_pages(hosts_.located(asked, now), wire::kMaxPagePeople,
             [&](std::uint32_t page, std::uint32_t pages, auto part) {
               link_->send(from.node, wire::PeopleAnswered{asked.id, page, pages, std::move(part)});
             });
  return true;
}

bool Directory::oblige(const wire::Sender& from, const wire::RoomsAsked& asked) {
  const HostFigures here = hosts_.figures();
  send_pages(rooms_.list_here(asked), wire::kMaxPageRooms,
             [&](std::uint32_t page, std::uint32_t pages, auto part) {
               wire::RoomsAnswered answer{asked.id, page, pages, std::move(part), {}};
               if (page == 0) {
                 answer.figures = {here.callers, here.joins, here.frames_in, here.frames_out};
               }
               link_->send(from.node, answer);
             });
  return true;
}

}  // namespace comcat::server
