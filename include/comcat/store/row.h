#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "comcat/store/text.h"

namespace comcat::store {

/// What the table of texts holds, as SQLite hands it out.
struct Row {
  std::int64_t number = 0;
  std::int64_t time_ms = 0;  // since 1970 in UTC
  std::string_view name;
  std::string_view text;
};

/// The text in a row; nothing where the row is none that comcat has written: the file may have been
/// changed by others, or by a disk. What comes out may go to callers. Threads: any.
[[nodiscard]] std::optional<Text> decode(const Row& row);

}  // namespace comcat::store
