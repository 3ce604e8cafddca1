#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/host_command.h"
#include "comcat/server/hosts.h"
#include "comcat/server/participant.h"
#include "comcat/store/ban.h"

#include "absl/status/status.h"

/// How hosts are told of people, bans and times: in words, all of them safe text. Threads: any.
namespace comcat::server {

[[nodiscard]] std::string date(store::WallTime time);

/// The end of a sentence: nothing where no reason was given.
[[nodiscard]] std::string because(const std::string& text);

/// "2 callers are".
[[nodiscard]] std::string counted(std::size_t count, const std::string& one,
                                  const std::string& many);

/// Lines without the last one's end.
[[nodiscard]] std::string joined(const std::vector<std::string>& lines);

/// Somebody who has been in the call for so long, in one line.
[[nodiscard]] std::string described(const Participant& who, base::Duration here,
                                    const std::string& address, bool away);
[[nodiscard]] std::string described(const store::Ban& ban);

/// The rooms, and how many are in each.
[[nodiscard]] std::string described(const wire::RoomList& list);
/// People with the lines that tell of them, by room.
[[nodiscard]] std::string described(const std::vector<wire::Located>& people);
[[nodiscard]] std::string described(const HostFigures& figures);

/// Why nobody is meant by `whom`.
[[nodiscard]] absl::Status nobody_is_called(const Whom& whom);
[[nodiscard]] absl::Status several_are_called(const Whom& whom,
                                              const std::vector<std::string>& rooms);
[[nodiscard]] absl::Status no_room(const std::string& room);
/// Whether there is such a room or not.
[[nodiscard]] absl::Status nobody_is_in(const std::string& room);
[[nodiscard]] std::string room_is_closed(const std::string& room, std::size_t removed);

}  // namespace comcat::server
