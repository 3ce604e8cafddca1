#include "comcat/server/host_orders.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "comcat/base/log.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"

#include "host_words.h"
#include "node_names.h"

namespace comcat::server {
namespace {

/// Whom a command concerns who may be at another node; null where that is nobody.
const Whom* whom_of(const HostCommand& command) {
  if (const auto* const kick = std::get_if<KickPerson>(&command)) return &kick->whom;
  if (const auto* const mute = std::get_if<MutePerson>(&command)) return &mute->whom;
  const auto* const ban = std::get_if<BanAddress>(&command);
  return ban != nullptr && ban->address.empty() ? &ban->whom : nullptr;
}

/// Whether another node may have it done here.
bool may_be_ordered(const HostCommand& command) {
  return whom_of(command) != nullptr || std::holds_alternative<CloseRoom>(command) ||
         std::holds_alternative<Announce>(command);
}

/// Words as they may stand in a message to other nodes.
std::string in_one_line(std::string words) {
  std::ranges::replace_if(
      words, [](char c) { return c == '\t' || c == '\r' || c == '\n'; }, ' ');
  return words;
}

Hosts::Answer answer_of(const wire::Answered& answered) {
  if (answered.status == 0) return answered.text;
  return absl::Status(static_cast<absl::StatusCode>(answered.status), answered.text);
}

}  // namespace

std::optional<HostOrders::Answer> HostOrders::act(const std::string& words, const Hosts::By& by,
                                                  base::Time now, Hosts::Later later) {
  absl::StatusOr<HostCommand> command = parse_host_command(words);
  if (!command.ok()) return command.status();
  Wanted wanted{*std::move(command), in_one_line(words), by, std::move(later)};
  const bool can_be_sent = wanted.words.size() <= wire::kMaxOrderBytes &&
                           base::is_safe_text(wanted.words, base::Joiners::kKept);
  if (link_ == nullptr || !link_->has_others() || !can_be_sent) return act_here(wanted, now);
  if (const Whom* const whom = whom_of(wanted.command)) {
    if (hosts_.is_surely_here(*whom, by)) return act_here(wanted, now);
    const Whom meant = *whom;
    find_and_act(std::move(wanted), meant, now);
    return std::nullopt;
  }
  if (const auto* const close = std::get_if<CloseRoom>(&wanted.command)) {
    const CloseRoom meant = *close;
    return close_everywhere(std::move(wanted), meant, now);
  }
  if (std::holds_alternative<Announce>(wanted.command)) return announce_everywhere(wanted, now);
  if (list(wanted, now)) return std::nullopt;
  return act_here(wanted, now);
}

std::optional<HostOrders::Answer> HostOrders::act_here(const Wanted& wanted, base::Time now) {
  return hosts_.act(wanted.command, wanted.by, now, wanted.later);
}

// ---- somebody, wherever they are

void HostOrders::find_and_act(Wanted wanted, const Whom& whom, base::Time now) {
  const wire::PeopleAsked asked{0, whom.room, whom.name};
  const auto choose = [this, wanted = std::move(wanted), whom, asked](const Errands::Result& result,
                                                                      base::Time at) {
    const std::vector<Directory::Found> found = directory_.people(asked, result, at);
    const auto is_near = [&](const Directory::Found& it) {
      return wanted.by.in_call && base::comparison_key(it.who.room) == wanted.by.room_key;
    };
    const auto near = std::ranges::find_if(found, is_near);
    if (whom.room.empty() && near != found.end()) return act_on(wanted, *near, at);
    if (found.size() == 1) return act_on(wanted, found.front(), at);
    if (found.empty()) return wanted.later(but_silent(nobody_is_called(whom), result), at);
    std::vector<std::string> rooms;
    for (const Directory::Found& it : found) rooms.push_back(it.who.room);
    wanted.later(several_are_called(whom, rooms), at);
  };
  directory_.ask(asked, choose, now);
}

void HostOrders::act_on(const Wanted& wanted, const Directory::Found& whom, base::Time now) {
  if (whom.node == 0) {
    Wanted here = wanted;
    here.by.target = whom.who.member.session;
    if (const std::optional<Answer> answer = act_here(here, now)) wanted.later(*answer, now);
    return;
  }
  order(
      {whom.node}, wanted, whom.who.member.session,
      [this, wanted, node = whom.node](const Errands::Result& result, base::Time at) {
        if (!result.replies.empty()) {
          return wanted.later(answer_of(std::get<wire::Answered>(result.replies.front().body)), at);
        }
        wanted.later(absl::UnavailableError("the server " + node_name(*link_, node) +
                                            ", where they are, has not answered in time; see "
                                            "whether it is done, or try again"),
                     at);
      },
      now);
}

// ---- all, wherever they are

std::optional<HostOrders::Answer> HostOrders::close_everywhere(Wanted wanted,
                                                               const CloseRoom& close,
                                                               base::Time now) {
  const std::size_t here = hosts_.close_room(close, wanted.by, now);
  const auto sum = [this, later = wanted.later, close, here](const Errands::Result& result,
                                                             base::Time at) {
    std::size_t removed = here;
    for (const Errands::Reply& reply : result.replies) {
      removed += std::get<wire::Answered>(reply.body).count;
    }
    if (removed == 0) return later(but_silent(nobody_is_in(close.room), result), at);
    later(room_is_closed(close.room, removed) + without_silent(*link_, result.silent), at);
  };
  order(other_nodes(*link_), wanted, 0, sum, now);
  return std::nullopt;
}

std::optional<HostOrders::Answer> HostOrders::announce_everywhere(const Wanted& wanted,
                                                                  base::Time now) {
  const std::optional<Answer> here = act_here(wanted, now);
  if (!here || !here->ok()) return here;
  order(
      other_nodes(*link_), wanted, 0,
      [this, later = wanted.later, said = **here](const Errands::Result& result, base::Time at) {
        later(said + without_silent(*link_, result.silent), at);
      },
      now);
  return std::nullopt;
}

void HostOrders::order(const std::vector<wire::NodeNumber>& nodes, const Wanted& wanted,
                       wire::SessionNumber whom, Errands::Done done, base::Time now) {
  for (const wire::NodeNumber node : nodes) {
    base::log(base::LogLevel::kInfo, "ordered",
              {{"words", wanted.words}, {"by", wanted.by.name}, {"node", node_name(*link_, node)}});
  }
  link_->ask_nodes(
      nodes,
      [&](std::uint64_t id) {
        return wire::Order{id,   wanted.words,      wanted.by.name,
                           whom, wanted.by.address, wanted.by.device};
      },
      std::move(done), now);
}

absl::Status HostOrders::but_silent(const absl::Status& status,
                                    const Errands::Result& result) const {
  return absl::Status(status.code(),
                      std::string(status.message()) + without_silent(*link_, result.silent));
}

// ---- who and what there is

bool HostOrders::list(const Wanted& wanted, base::Time now) {
  if (const auto* const people = std::get_if<ListPeople>(&wanted.command)) {
    if (wanted.by.in_call) return false;  // which is refused
    list_people(wanted, *people, now);
    return true;
  }
  const bool is_of_rooms =
      std::holds_alternative<ListAllRooms>(wanted.command) ||
      (std::holds_alternative<ShowFigures>(wanted.command) && !wanted.by.in_call);
  if (is_of_rooms) list_rooms(wanted, now);
  return is_of_rooms;
}

void HostOrders::list_people(const Wanted& wanted, const ListPeople& list, base::Time now) {
  const wire::PeopleAsked asked{0, list.room, "", true};
  const auto tell = [this, later = wanted.later, asked](const Errands::Result& result,
                                                        base::Time at) {
    std::vector<wire::Located> all;
    for (const Directory::Found& it : directory_.people(asked, result, at)) {
      all.push_back(it.who);
      all.back().line += "  at " + (it.node == 0 ? link_->name() : node_name(*link_, it.node));
    }
    if (all.empty() && !asked.room.empty())
      return later(but_silent(nobody_is_in(asked.room), result), at);
    later(with_silent(described(all), result), at);
  };
  directory_.ask(asked, tell, now);
}

void HostOrders::list_rooms(const Wanted& wanted, base::Time now) {
  const auto* const figures = std::get_if<ShowFigures>(&wanted.command);
  const std::string room = figures == nullptr ? "" : figures->room;
  const auto tell = [this, later = wanted.later, room, of_all = figures == nullptr](
                        const Errands::Result& result, base::Time at) {
    const wire::RoomList list = directory_.rooms(nullptr, false, result);
    if (of_all) return later(with_silent(described(list), result), at);
    if (room.empty()) return later(with_silent(described(directory_.figures(result)), result), at);
    for (const wire::RoomInfo& it : list.rooms) {
      if (base::comparison_key(it.name) != base::comparison_key(room)) continue;
      return later(with_silent("people " + std::to_string(it.members), result), at);
    }
    later(but_silent(no_room(room), result), at);
  };
  directory_.ask(wire::RoomsAsked{0, true}, tell, now);
}

std::string HostOrders::with_silent(const std::string& lines, const Errands::Result& result) const {
  return result.silent.empty() ? lines : lines + "\n" + silent_nodes(*link_, result.silent);
}

// ---- for others

bool HostOrders::oblige(const wire::Sender& from, const wire::Order& order, base::Time now) {
  const auto answer = [this, node = from.node, id = order.id](const Answer& it, base::Time /*at*/) {
    const std::string text = it.ok() ? *it : std::string(it.status().message());
    link_->send(node, wire::Answered{id, static_cast<int>(it.status().code()),
                                     base::safe_text(text, wire::kMaxAnswerBytes)});
  };
  const absl::StatusOr<HostCommand> command = parse_host_command(order.words);
  if (!command.ok() || !may_be_ordered(*command)) return false;
  Hosts::By by{order.by + " at " + node_name(*link_, from.node)};
  by.address = order.address;
  by.device = order.device;
  by.target = order.session;
  if (const auto* const close = std::get_if<CloseRoom>(&*command)) {
    const std::size_t removed = hosts_.close_room(*close, by, now);
    link_->send(from.node, wire::Answered{order.id, 0, "", static_cast<std::uint32_t>(removed)});
    return true;
  }
  if (whom_of(*command) != nullptr && order.session == 0) return false;
  if (const std::optional<Answer> done = hosts_.act(*command, by, now, answer)) answer(*done, now);
  return true;
}

}  // namespace comcat::server
