#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"

/// What hosts can ask for, in the words of `comcat-server --admin` and of a host in a call.
/// Values and functions of them. Threads: any.
namespace comcat::server {

/// Somebody in a room; an empty room is the host's own, or whichever has somebody of that name.
struct Whom {
  std::string name;
  std::string room;
};

struct KickPerson {
  Whom whom;
  std::optional<std::chrono::seconds> for_time;  // in which nobody from that address comes back
  std::string because;                           // safe text; told to all; may be empty
};
/// Nobody from an address comes in any more.
struct BanAddress {
  Whom whom;            // somebody who is there
  std::string address;  // or, where `whom` is nobody, as normal_address() has it
  std::optional<std::chrono::seconds> for_time;  // nothing: until unbanned
  std::string because;
};
struct LiftBan {
  std::string address;
};
struct ListBans {};
struct MutePerson {
  Whom whom;
  bool muted = true;
};
struct CloseRoom {
  std::string room;
  std::string because;
};
/// A name that is claimed is so no more.
struct ReleaseName {
  std::string name;
};
struct Announce {
  std::string text;
};
struct ListAllRooms {};
struct ListPeople {
  std::string room;  // empty: of all rooms
};
struct ShowFigures {
  std::string room;  // empty: of all
};
/// The servers of the cluster.
struct ListNodes {};
struct DrainServer {};
struct ListWords {};

using HostCommand = std::variant<ListWords, KickPerson, BanAddress, LiftBan, ListBans, MutePerson,
                                 CloseRoom, ReleaseName, Announce, ListAllRooms, ListPeople,
                                 ShowFigures, ListNodes, DrainServer>;

/// The command in a line of words: a name of several words stands in quotes. kInvalidArgument with
/// one sentence, safe to print, where it is none. Safe on any bytes.
[[nodiscard]] absl::StatusOr<HostCommand> parse_host_command(std::string_view line);

/// The words and what they do, one a line.
[[nodiscard]] std::string host_help();

/// "10m": the longest unit that divides it.
[[nodiscard]] std::string in_words(std::chrono::seconds time);

}  // namespace comcat::server
