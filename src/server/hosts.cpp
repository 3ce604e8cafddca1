#include "comcat/server/hosts.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <variant>

#include "comcat/base/log.h"
#include "comcat/base/unicode.h"

#include "host_words.h"
#include "refused.h"

namespace comcat::server {
namespace {

using base::LogLevel;

store::WallTime system_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

absl::Status banned(const std::string& what, const store::Ban& ban) {
  return refusal(Refusal::kBanned, absl::PermissionDeniedError(
                                       what + " is banned" +
                                       (ban.until ? " until " + date(*ban.until) : std::string()) +
                                       because(ban.because)));
}

}  // namespace

/// One command under way; a kind each.
struct Hosts::Execution {
  Hosts& hosts;
  const By& by;
  base::Time now;
  Later later;

  using Answer = std::optional<Hosts::Answer>;  // nothing: `later` is told

  Answer operator()(const ListWords&) const { return host_help(); }

  Answer operator()(const KickPerson& kick) const {
    const absl::StatusOr<Person> found = hosts.find(kick.whom, by);
    if (!found.ok()) return found.status();
    const std::string name = found->who->full_name();
    const std::string device = found->who->about.device;
    const std::string address = address_to_ban(found->address, device);
    std::vector<store::Ban> bans;
    if (kick.for_time) {
      bans = bans_of(
          {address, found->who->name, kick.because, by.name, hosts.wall_now() + *kick.for_time},
          device);
      for (store::Ban& ban : bans) ban.changed = hosts.wall_now();
      if (const absl::Status status = check(bans); !status.ok()) return status;
    }
    log("kicked", name, kick.because);
    hosts.remove(*found, kick.because, "a host has removed you", now);
    if (!kick.for_time) return name + " is out of the call";
    return ban(bans, name + " is out of the call, and " + nobody_of(address, device) +
                         " comes in for " + in_words(*kick.for_time));
  }

  Answer operator()(const BanAddress& wanted) const {
    store::Ban ban{wanted.address, wanted.whom.name, wanted.because, by.name, {}};
    ban.changed = hosts.wall_now();
    if (wanted.for_time) ban.until = hosts.wall_now() + *wanted.for_time;
    std::string device;
    if (ban.address.empty()) {
      const absl::StatusOr<Person> found = hosts.find(wanted.whom, by);
      if (!found.ok()) return found.status();
      device = found->who->about.device;
      ban.address = address_to_ban(found->address, device);
      ban.name = found->who->name;
    }
    const std::string address = ban.address;
    const std::vector<store::Ban> bans = bans_of(ban, device);
    if (const absl::Status status = check(bans); !status.ok()) return status;
    const auto is_meant = [&](const Person& person) {
      const std::string& own = person.who->about.device;
      const bool is_from_there = !address.empty() && person.address == address;
      return is_from_there || (!own.empty() && (own == device || own == address));
    };
    const std::size_t removed =
        hosts.remove_all(is_meant, wanted.because, "a host has banned you", now);
    return this->ban(
        bans,
        nobody_of(address, device) + " comes in" +
            (wanted.for_time ? " for " + in_words(*wanted.for_time) : " until it is unbanned") +
            (removed == 0
                 ? ""
                 : "; " + counted(removed, "caller from there is", "callers from there are") +
                       " out of the call"));
  }

  Answer operator()(const LiftBan& lift) const {
    if (hosts.bans_.find(lift.address, hosts.wall_now()) == nullptr) {
      return absl::NotFoundError(lift.address + " is not banned");
    }
    log("unbanned", lift.address);
    const std::string done = lift.address + " may come in again";
    if (hosts.bans_.lift(lift.address, hosts.wall_now(), once_kept(done))) return std::nullopt;
    return done;
  }

  Answer operator()(const ListBans&) const {
    std::vector<std::string> lines;
    for (const store::Ban& ban : hosts.bans_.all(hosts.wall_now())) {
      lines.push_back(described(ban));
    }
    return lines.empty() ? "nobody is banned" : joined(lines);
  }

  Answer operator()(const MutePerson& wanted) const {
    const absl::StatusOr<Person> found = hosts.find(wanted.whom, by);
    if (!found.ok()) return found.status();
    Participant& who = *found->who;
    const std::string name = who.full_name();
    if (who.muted_by_host == wanted.muted) {
      return absl::FailedPreconditionError(
          name + (wanted.muted ? " is muted by a host already" : " is not muted by a host"));
    }
    who.muted_by_host = wanted.muted;
    hosts.mutes_.set(who.about.device, wanted.muted, hosts.wall_now());
    found->room->tell(wire::MuteChanged{who.number, who.is_muted(), who.muted_by_host}, nullptr,
                      now);
    log(wanted.muted ? "muted_by_host" : "unmuted_by_host", name);
    return name + (wanted.muted ? " is heard by nobody" : " is no longer muted by a host") +
           (!wanted.muted && who.muted ? ", but by themselves" : "");
  }

  Answer operator()(const CloseRoom& close) const {
    const Room* const room = hosts.rooms_.find(close.room);
    const std::string name = room == nullptr ? close.room : room->name();
    const std::size_t removed = hosts.close_room(close, by, now);
    if (removed == 0) return nobody_is_in(close.room);
    return room_is_closed(name, removed);
  }

  Answer operator()(const ReleaseName& release) const {
    const std::string key = base::comparison_key(release.name);
    const std::string done = "the name " + release.name + " is free for whoever comes first";
    if (!hosts.claims_.release(key, hosts.wall_now(), once_kept(done))) {
      return absl::NotFoundError("nobody has claimed the name " + release.name);
    }
    for (const Person& person : hosts.people()) {
      if (person.who->name_key != key || person.room == nullptr) continue;
      person.who->about.claimed = false;
      person.room->tell(wire::MemberChanged{person.who->member()}, nullptr, now);
    }
    log("released", release.name);
    if (!hosts.claims_.keeps()) return done;
    return std::nullopt;
  }

  Answer operator()(const Announce& announce) const {
    hosts.rooms_.deliver(wire::Announced{announce.text});
    log("announced", "everyone", announce.text);
    return "said to everyone";
  }

  Answer operator()(const ListAllRooms&) const { return described(hosts.rooms_.list()); }

  Answer operator()(const ListPeople& list) const {
    const std::vector<wire::Located> all = hosts.located({0, list.room, "", true}, now);
    if (all.empty() && !list.room.empty()) return nobody_is_in(list.room);
    return described(all);
  }

  Answer operator()(const ShowFigures& show) const {
    if (!show.room.empty()) {
      const Room* const room = hosts.rooms_.find(show.room);
      if (room == nullptr) return no_room(show.room);
      return "people " + std::to_string(room->size());
    }
    return described(hosts.figures());
  }

  Answer operator()(const ListNodes&) const {
    if (hosts.options_.nodes) return hosts.options_.nodes(now);
    return absl::FailedPreconditionError(
        "this server is alone; --nats and --cluster make it one of several");
  }

  Answer operator()(const DrainServer&) const {
    if (!hosts.options_.drain) return absl::UnimplementedError("this server cannot be drained");
    log("drained", "everyone");
    hosts.options_.drain();
    return "everyone is told, and the server ends";
  }

 private:
  void log(std::string_view event, const std::string& whom, const std::string& why = {}) const {
    hosts.log(event, by, whom, why);
  }
  /// Says `done` once it is on the disk; or what has become of it, where that cannot be.
  [[nodiscard]] Kept once_kept(std::string done) const {
    return [later = later, done = std::move(done)](const absl::Status& kept, base::Time at) {
      if (kept.ok()) return later(done, at);
      later(
          absl::DataLossError(done + "; but only until the server ends, as it cannot keep that (" +
                              std::string(kept.message()) + ")"),
          at);
    };
  }
  /// Where somebody with `device` is to be banned who shares the host's address, the device alone
  /// is, or the host would be out as well: "".
  [[nodiscard]] std::string address_to_ban(const std::string& address,
                                           const std::string& device) const {
    const bool is_shared = address == by.address && !device.empty() && device != by.device;
    return is_shared ? std::string() : address;
  }
  /// "nobody from ADDRESS, nor with DEVICE,", of which either may be "".
  [[nodiscard]] static std::string nobody_of(const std::string& address,
                                             const std::string& device) {
    if (device.empty()) return "nobody from " + address;
    if (address.empty()) return "nobody with " + device + " (your own address stays open)";
    return "nobody from " + address + ", nor with " + device + ",";
  }
  /// The bans of an address and of a device, unless they are "".
  [[nodiscard]] static std::vector<store::Ban> bans_of(const store::Ban& of_address,
                                                       const std::string& device) {
    std::vector<store::Ban> bans;
    for (const std::string& whom : {of_address.address, device}) {
      if (whom.empty()) continue;
      bans.push_back(of_address);
      bans.back().address = whom;
    }
    return bans;
  }
  [[nodiscard]] absl::Status check(const std::vector<store::Ban>& bans) const {
    const auto is_banned = [&](const std::string& own) {
      return !own.empty() &&
             std::ranges::any_of(bans, [&](const store::Ban& ban) { return ban.address == own; });
    };
    if (is_banned(by.address)) {
      return absl::FailedPreconditionError("that is your own address: you would be out as well");
    }
    if (is_banned(by.device)) {
      return absl::FailedPreconditionError("that is your own device: you would be out as well");
    }
    return hosts.bans_.check_room_for(bans, hosts.wall_now());
  }
  [[nodiscard]] Answer ban(const std::vector<store::Ban>& bans, const std::string& done) const {
    for (const store::Ban& ban : bans) {
      base::log(LogLevel::kInfo, "banned",
                {{"address", ban.address},
                 {"whom", ban.name},
                 {"by", by.name},
                 {"until", ban.until ? date(*ban.until) : "unbanned"},
                 {"why", ban.because}});
    }
    if (hosts.bans_.put(bans, once_kept(done))) return std::nullopt;
    return done;
  }
};

Hosts::Hosts(HostOptions options, Rooms& rooms, const Callers& callers, Absentees& absentees,
             NameClaims& claims, const Metrics& metrics, Remove remove)
    : options_(std::move(options)),
      bans_(options_.bans, options_.keeper, options_.shared),
      rooms_(rooms),
      callers_(callers),
      absentees_(absentees),
      claims_(claims),
      metrics_(metrics),
      remove_(std::move(remove)) {
  if (!options_.wall_clock) options_.wall_clock = system_clock;
}

std::optional<Hosts::Answer> Hosts::act(const HostCommand& command, const By& by, base::Time now,
                                        Later later) {
  const bool is_of_the_server =
      std::holds_alternative<DrainServer>(command) || std::holds_alternative<ListPeople>(command) ||
      std::holds_alternative<ListBans>(command) || std::holds_alternative<ShowFigures>(command) ||
      std::holds_alternative<ListNodes>(command);
  if (by.in_call && is_of_the_server) {
    return absl::PermissionDeniedError(
        "only whoever runs the server can do that, with comcat-server --admin");
  }
  return std::visit(Execution{*this, by, now, std::move(later)}, command);
}

absl::Status Hosts::check(const std::string& address) {
  const store::Ban* const ban = bans_.find(address, wall_now());
  return ban == nullptr ? absl::OkStatus() : banned("your address", *ban);
}

absl::Status Hosts::check_device(const std::string& fingerprint) {
  const store::Ban* const ban = fingerprint.empty() ? nullptr : bans_.find(fingerprint, wall_now());
  return ban == nullptr ? absl::OkStatus() : banned("your device", *ban);
}

}  // namespace comcat::server
