#include "host_words.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>

#include "absl/time/time.h"

namespace comcat::server {

std::string date(store::WallTime time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromChrono(time), absl::UTCTimeZone());
}

std::string because(const std::string& text) {
  return text.empty() ? "" : ": " + text;
}

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : "\n") + line;
  return out;
}

std::string described(const Participant& who, base::Duration here, const std::string& address,
                      bool away) {
  std::string out = who.full_name() + "  " +
                    in_words(std::chrono::floor<std::chrono::seconds>(here)) + "  " + address;
  if (who.host) out += "  host";
  if (who.muted_by_host) out += "  muted by a host";
  if (who.muted) out += "  muted";
  if (who.deafened) out += "  deafened";
  if (who.original) out += "  original client";
  if (away) out += "  away";
  if (who.about.claimed) out += "  claimed";
  if (!who.about.device.empty()) out += "  " + who.about.device;
  if (!who.about.client.empty()) out += "  " + who.about.client;
  return out;
}

std::string described(const store::Ban& ban) {
  return ban.address + (ban.name.empty() ? "" : "  " + ban.name) +
         (ban.until ? "  until " + date(*ban.until) : "  until unbanned") + "  by " + ban.by +
         because(ban.because);
}

std::string described(const wire::RoomList& list) {
  std::vector<std::string> lines;
  for (const wire::RoomInfo& room : list.rooms) {
    lines.push_back(room.name + "  " + std::to_string(room.members));
  }
  return lines.empty() ? "nobody is there" : joined(lines);
}

std::string described(const std::vector<wire::Located>& people) {
  std::map<std::string, std::vector<std::string>> by_room;
  for (const wire::Located& it : people) by_room[it.room].push_back("  " + it.line);
  std::vector<std::string> lines;
  for (auto& [room, its] : by_room) {
    lines.push_back(room);
    std::ranges::sort(its);
    lines.insert(lines.end(), its.begin(), its.end());
  }
  return lines.empty() ? "nobody is there" : joined(lines);
}

std::string described(const HostFigures& figures) {
  const auto line = [](const char* what, std::uint64_t count) {
    return std::string(what) + " " + std::to_string(count);
  };
  return joined({line("callers", figures.callers), line("rooms", figures.rooms),
                 line("joins", figures.joins), line("frames in", figures.frames_in),
                 line("frames out", figures.frames_out), line("bans", figures.bans)});
}

absl::Status nobody_is_called(const Whom& whom) {
  return absl::NotFoundError("nobody " + (whom.room.empty() ? "" : "in " + whom.room + " ") +
                             "is called " + whom.name);
}

absl::Status several_are_called(const Whom& whom, const std::vector<std::string>& rooms) {
  std::string list;
  for (const std::string& room : rooms) list += (list.empty() ? "" : ", ") + room;
  return absl::FailedPreconditionError("several are called " + whom.name + ", in " + list +
                                       "; say which with in ROOM");
}

absl::Status no_room(const std::string& room) {
  return absl::NotFoundError("there is no room " + room);
}

absl::Status nobody_is_in(const std::string& room) {
  return absl::NotFoundError("nobody is in the room " + room);
}

std::string room_is_closed(const std::string& room, std::size_t removed) {
  return "the room " + room + " is closed; " + counted(removed, "caller is", "callers are") +
         " out of the call";
}

}  // namespace comcat::server
