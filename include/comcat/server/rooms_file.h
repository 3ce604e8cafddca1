#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "comcat/server/room_rules.h"

#include "absl/status/statusor.h"

namespace comcat::server {

inline constexpr std::size_t kMaxLastingRooms = 500;

/// The rooms of a file of --rooms, in order. A line is a room: its name, then in any order and all
/// of them optional
///
///     passcode=PASSCODE   who enters must know it
///     most=N              people at a time
///     texts=hosts         only hosts see what others say there
///
/// A name or a value with blanks, or with a # at its beginning, stands in double quotes. A # at the
/// beginning of a word makes the rest of the line a comment. `file` is the file's name, for the
/// error (kInvalidArgument, "FILE:LINE: sentence"), which never shows a passcode. Threads: any.
[[nodiscard]] absl::StatusOr<std::vector<LastingRoom>> parse_rooms_file(std::string_view text,
                                                                        const std::string& file);

}  // namespace comcat::server
