#include "logged_text.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "comcat/base/unicode.h"
#include "comcat/wire/cluster_convert.h"
#include "comcat/wire/limits.h"

#include "room_topic.h"

namespace comcat::server {

std::optional<store::LoggedText> logged_text(const bus::LogEntry& entry) {
  const std::int64_t time_ms = entry.time.time_since_epoch().count();
  if (time_ms < 0 || time_ms > static_cast<std::int64_t>(wire::kMaxTimeMs)) return std::nullopt;
  if (entry.number == 0 || entry.number > INT64_MAX) return std::nullopt;
  absl::StatusOr<wire::RoomText> said =
      wire::parse_room_text(std::as_bytes(std::span(entry.bytes)));
  if (!said.ok()) return std::nullopt;
  std::string key = base::comparison_key(said->room);
  if (entry.topic != room_topic(key)) return std::nullopt;
  return store::LoggedText{std::move(key),
                           said->session,
                           {entry.number, entry.time, std::move(said->name), std::move(said->text)},
                           entry.earlier};
}

}  // namespace comcat::server
