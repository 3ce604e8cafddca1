#include "errand_fields.h"

#include <algorithm>

#include "comcat/base/text.h"
#include "comcat/wire/cluster_convert.h"

#include "member_fields.h"
#include "resident_fields.h"

namespace comcat::wire {
namespace {

namespace proto = ::comcat_cluster;

constexpr std::string_view kNothing;

bool is_text(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && base::is_safe_text(text, base::Joiners::kKept);
}

std::string_view fault_of_page(std::uint32_t page, std::uint32_t pages) {
  return page < pages && pages <= kMaxAnswerPages ? kNothing : "a page of none";
}

std::string_view fault_of(const Located& it) {
  if (it.member.session == 0) return "somebody without a number";
  if (!is_text(it.line, kMaxLineBytes)) return "a line that nobody may read";
  const std::string_view fault = fault_of_name(it.room);
  return fault.empty() ? fault_of_name(it.member.name) : fault;
}

}  // namespace

// ---- out

void fill(proto::PrivateText& out, const PrivateText& it) {
  out.set_id(it.id);
  out.set_room(it.room);
  out.set_to(it.to);
  out.set_session(it.session);
  out.set_name(it.name);
  out.set_text(it.text);
}

void fill(proto::Order& out, const Order& it) {
  out.set_id(it.id);
  out.set_words(it.words);
  out.set_by(it.by);
  out.set_session(it.session);
  out.set_address(it.address);
  out.set_device(it.device);
}

void fill(proto::Answered& out, const Answered& it) {
  out.set_id(it.id);
  out.set_status(static_cast<std::uint32_t>(it.status));
  out.set_text(it.text);
  out.set_count(it.count);
}

void fill(proto::PeopleAsked& out, const PeopleAsked& it) {
  out.set_id(it.id);
  out.set_room(it.room);
  out.set_name(it.name);
  out.set_lines(it.lines);
}

void fill(proto::PeopleAnswered& out, const PeopleAnswered& it) {
  out.set_id(it.id);
  out.set_page(it.page);
  out.set_pages(it.pages);
  for (const Located& person : it.people) {
    proto::Located& one = *out.add_people();
    one.set_room(person.room);
    fill(*one.mutable_member(), person.member);
    one.set_line(person.line);
  }
}

void fill(proto::RoomsAsked& out, const RoomsAsked& it) {
  out.set_id(it.id);
  out.set_hidden(it.hidden);
  out.set_names(it.names);
  out.set_all_names(it.all_names);
}

void fill(proto::RoomsAnswered& out, const RoomsAnswered& it) {
  out.set_id(it.id);
  out.set_page(it.page);
  out.set_pages(it.pages);
  for (const RoomInfo& room : it.rooms) {
    ::RoomInfo& one = *out.add_rooms();
    one.set_name(room.name);
    one.set_members(room.members);
    for (const std::string& name : room.names) one.add_names(name);
    one.set_asks_passcode(room.asks_passcode);
  }
  proto::Figures& figures = *out.mutable_figures();
  figures.set_callers(it.figures.callers);
  figures.set_joins(it.figures.joins);
  figures.set_frames_in(it.figures.frames_in);
  figures.set_frames_out(it.figures.frames_out);
}

// ---- in

PrivateText from(const proto::PrivateText& in) {
  return {in.id(), in.room(), in.to(), in.session(), in.name(), in.text()};
}

Order from(const proto::Order& in) {
  return {in.id(), in.words(), in.by(), in.session(), in.address(), in.device()};
}

Answered from(const proto::Answered& in) {
  return {in.id(), static_cast<int>(in.status()), in.text(), in.count()};
}

PeopleAsked from(const proto::PeopleAsked& in) {
  return {in.id(), in.room(), in.name(), in.lines()};
}

PeopleAnswered from(const proto::PeopleAnswered& in) {
  PeopleAnswered out{in.id(), in.page(), in.pages(), {}};
  out.people.reserve(static_cast<std::size_t>(in.people_size()));
  for (const proto::Located& one : in.people()) {
    out.people.push_back({one.room(), member_from(one.member()), one.line()});
  }
  return out;
}

RoomsAsked from(const proto::RoomsAsked& in) {
  return {in.id(), in.hidden(), in.names(), in.all_names()};
}

RoomsAnswered from(const proto::RoomsAnswered& in) {
  RoomsAnswered out{in.id(), in.page(), in.pages(), {}, {}};
  out.rooms.reserve(static_cast<std::size_t>(in.rooms_size()));
  for (const ::RoomInfo& room : in.rooms()) {
    out.rooms.push_back({room.name(),
                         room.members(),
                         {room.names().begin(), room.names().end()},
                         room.asks_passcode()});
  }
  out.figures = {in.figures().callers(), in.figures().joins(), in.figures().frames_in(),
                 in.figures().frames_out()};
  return out;
}

// ---- what is wrong

std::string_view fault_of(const PrivateText& it) {
  if (it.session == 0) return "a text of somebody without a number";
  if (!check_text(it.text).ok()) return "a text that nobody may say";
  for (const std::string* const name : {&it.room, &it.to, &it.name}) {
    if (const std::string_view fault = fault_of_name(*name); !fault.empty()) return fault;
  }
  return kNothing;
}

std::string_view fault_of(const Order& it) {
  const bool good = is_text(it.words, kMaxOrderBytes) && is_text(it.by, kMaxNodeAddressBytes) &&
                    is_text(it.address, kMaxNodeAddressBytes) &&
                    is_text(it.device, kMaxNodeAddressBytes);
  return good ? kNothing : "words that nobody may say";
}

std::string_view fault_of(const Answered& it) {
  if (it.status < 0 || it.status > kMaxStatus) return "an answer of no kind";
  return is_text(it.text, kMaxAnswerBytes) ? kNothing : "an answer that nobody may read";
}

std::string_view fault_of(const PeopleAsked& it) {
  const std::string_view fault = it.room.empty() ? kNothing : fault_of_name(it.room);
  if (!fault.empty()) return fault;
  return is_text(it.name, 2 * kMaxNameBytes) ? kNothing : "a name that nobody may have";
}

std::string_view fault_of(const PeopleAnswered& it) {
  if (const std::string_view fault = fault_of_page(it.page, it.pages); !fault.empty()) return fault;
  if (it.people.size() > kMaxPagePeople) return "more people than one page has";
  for (const Located& one : it.people) {
    if (const std::string_view fault = fault_of(one); !fault.empty()) return fault;
  }
  return kNothing;
}

std::string_view fault_of(const RoomsAsked& /*it*/) {
  return kNothing;
}

std::string_view fault_of(const RoomsAnswered& it) {
  if (const std::string_view fault = fault_of_page(it.page, it.pages); !fault.empty()) return fault;
  if (it.rooms.size() > kMaxPageRooms) return "more rooms than one page has";
  std::size_t names = 0;
  for (const RoomInfo& room : it.rooms) {
    if (const std::string_view fault = fault_of_name(room.name); !fault.empty()) return fault;
    names += room.names.size();
    if (names > kMaxPageNames) return "more names than one page has";
    for (const std::string& name : room.names) {
      if (const std::string_view fault = fault_of_name(name); !fault.empty()) return fault;
    }
  }
  return kNothing;
}

}  // namespace comcat::wire
