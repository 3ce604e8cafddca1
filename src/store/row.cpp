#include "comcat/store/row.h"

#include <chrono>
#include <string>

#include "comcat/wire/limits.h"

namespace comcat::store {
std::optional<Text> decode(const Row& row) {
  if (row.number <= 0 || row.time_ms < 0 ||
      row.time_ms > static_cast<std::int64_t>(wire::kMaxTimeMs))
    return std::nullopt;
  if (!wire::check_name(row.name).ok() || !wire::check_text(row.text).ok()) return std::nullopt;
  return Text{static_cast<std::uint64_t>(row.number),
              WallTime(std::chrono::milliseconds(row.time_ms)), std::string(row.name),
              std::string(row.text)};
}

}  // namespace comcat::store
