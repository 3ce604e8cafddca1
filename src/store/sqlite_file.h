#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sqlite.h"

namespace comcat::store {

/// Opens the SQLite file `path`, or makes it, with mode 0600, and runs `schema`; what is committed
/// is on the disk. No link is followed to it. An error is one sentence, in which the file holds
/// `what`, such as "bans". Threads: any; it waits for the disk.
[[nodiscard]] absl::StatusOr<Sqlite> open_own_file(const std::string& path, std::string_view what,
                                                   const char* schema);

}  // namespace comcat::store
