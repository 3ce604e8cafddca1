#include "lasting_rooms.h"

#include <algorithm>
#include <string>

#include "comcat/base/log.h"
#include "comcat/base/secret.h"
#include "comcat/base/text.h"
#include "comcat/server/rooms_file.h"

#include "absl/flags/flag.h"
#include "text_file.h"

ABSL_FLAG(std::string, rooms, "",
          "a file of rooms that last, a line each: NAME [passcode=PASSCODE] [most=N] "
          "[texts=hosts]; SIGHUP reads it anew");

namespace comcat::apps {

absl::StatusOr<std::vector<server::LastingRoom>> lasting_rooms() {
  const std::string file = absl::GetFlag(FLAGS_rooms);
  if (file.empty()) return std::vector<server::LastingRoom>{};
  absl::StatusOr<std::string> text = read_text_file(file, Writers::kOwner);
  if (!text.ok()) {
    return absl::InvalidArgumentError("--rooms " + base::safe_text(file) + ": " +
                                      std::string(text.status().message()));
  }
  absl::StatusOr<std::vector<server::LastingRoom>> rooms = server::parse_rooms_file(*text, file);
  base::wipe(*text);
  if (!rooms.ok()) return rooms;
  const bool has_passcodes =
      std::ranges::any_of(*rooms, [](const auto& room) { return room.rules.passcode.has_value(); });
  if (has_passcodes && is_open_to_others(file)) {
    base::log(base::LogLevel::kWarning, "rooms_file_is_open_to_others", {{"file", file}});
  }
  return rooms;
}

}  // namespace comcat::apps
