#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "comcat/store/claim.h"

namespace comcat::store {

/// What the table of claims holds, as SQLite hands it out.
struct ClaimRow {
  std::string_view name;
  std::string_view keys;  // hexadecimal, one behind the other
  std::int64_t used_ms = 0;
  std::int64_t claimed_ms = 0;
  std::int64_t released_ms = 0;
};

/// The claim in a row; nothing where the row is none that comcat has written: the file may have
/// been changed by others, or by a disk. Threads: any.
[[nodiscard]] std::optional<Claim> decode(const ClaimRow& row);

/// The keys of a claim, as a row holds them. Threads: any.
[[nodiscard]] std::string keys_of(const Claim& claim);

}  // namespace comcat::store
