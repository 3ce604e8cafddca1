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
#include "pages.h"

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
  return act_here(wanted, now);
}

std::optional<HostOrders::Answer> HostOrders::act_here(const Wanted& wanted, base::Time now) {
  return hosts_.act(wanted.command, wanted.by, now, wanted.later);
}

// ---- somebody, wherever they are

void HostOrders::find_and_act(Wanted wanted, const Whom& whom, base::Time now) {
  wire::PeopleAsked asked{0, whom.room, whom.name};
  const auto choose = [this, wanted = std::move(wanted), whom, asked](const Errands::Result& result,
                                                                      base::Time at) {
    Found found;
    for (wire::Located& it : hosts_.located(asked, at)) found.push_back({0, std::move(it)});
    for (const Errands::Reply& reply : result.replies) {
      for (const wire::Located& it : std::get<wire::PeopleAnswered>(reply.body).people) {
        found.push_back({reply.from, it});
      }
    }
    const auto is_near = [&](const Candidate& it) {
      return wanted.by.in_call && base::comparison_key(it.who.room) == wanted.by.room_key;
    };
    const auto near = std::ranges::find_if(found, is_near);
    if (whom.room.empty() && near != found.end()) return act_on(wanted, *near, at);
    if (found.size() == 1) return act_on(wanted, found.front(), at);
    if (found.empty()) {
      const absl::Status nobody = nobody_is_called(whom);
      return wanted.later(
          absl::Status(nobody.code(), std::string(nobody.message()) + without(result.silent)), at);
    }
    std::vector<std::string> rooms;
    for (const Candidate& it : found) rooms.push_back(it.who.room);
    wanted.later(several_are_called(whom, rooms), at);
  };
  link_->ask_nodes(
      others(),
      [asked](std::uint64_t id) {
        wire::PeopleAsked question = asked;
        question.id = id;
        return question;
      },
      choose, now);
}

void HostOrders::act_on(const Wanted& wanted, const Candidate& whom, base::Time now) {
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
        wanted.later(absl::UnavailableError("the server " + name_of(node) +
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
    const std::string silent = without(result.silent);
    if (removed > 0) return later(room_is_closed(close.room, removed) + silent, at);
    const absl::Status none = no_room(close.room);
    later(absl::Status(none.code(), std::string(none.message()) + silent), at);
  };
  order(others(), wanted, 0, sum, now);
  return std::nullopt;
}

std::optional<HostOrders::Answer> HostOrders::announce_everywhere(const Wanted& wanted,
                                                                  base::Time now) {
  const std::optional<Answer> here = act_here(wanted, now);
  if (!here || !here->ok()) return here;
  order(
      others(), wanted, 0,
      [this, later = wanted.later, said = **here](const Errands::Result& result, base::Time at) {
        later(said + without(result.silent), at);
      },
      now);
  return std::nullopt;
}

void HostOrders::order(const std::vector<wire::NodeNumber>& nodes, const Wanted& wanted,
                       wire::SessionNumber whom, Errands::Done done, base::Time now) {
  for (const wire::NodeNumber node : nodes) {
    base::log(base::LogLevel::kInfo, "ordered",
              {{"words", wanted.words}, {"by", wanted.by.name}, {"node", name_of(node)}});
  }
  link_->ask_nodes(
      nodes,
      [&](std::uint64_t id) {
        return wire::Order{id,   wanted.words,      wanted.by.name,
                           whom, wanted.by.address, wanted.by.device};
      },
      std::move(done), now);
}

std::vector<wire::NodeNumber> HostOrders::others() const {
  std::vector<wire::NodeNumber> out;
  for (const auto& [number, node] : link_->cluster().nodes().all()) out.push_back(number);
  return out;
}

std::string HostOrders::name_of(wire::NodeNumber node) const {
  const auto& all = link_->cluster().nodes().all();
  const auto found = all.find(node);
  return found == all.end() ? std::to_string(node) : found->second.told.name;
}

std::string HostOrders::without(const std::vector<wire::NodeNumber>& silent) const {
  if (silent.empty()) return "";
  std::string names;
  for (const wire::NodeNumber node : silent) names += (names.empty() ? "" : ", ") + name_of(node);
  return "; not answered in time: " + names;
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
  Hosts::By by{order.by + " at " + name_of(from.node)};
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

bool HostOrders::oblige(const wire::Sender& from, const wire::PeopleAsked& asked, base::Time now) {
  const std::vector<wire::Located> all = hosts_.located(asked, now);
  send_pages(all, wire::kMaxPagePeople, [&](std::uint32_t page, std::uint32_t pages, auto part) {
    link_->send(from.node, wire::PeopleAnswered{asked.id, page, pages, std::move(part)});
  });
  return true;
}

}  // namespace comcat::server
