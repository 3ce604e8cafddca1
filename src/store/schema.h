#pragma once

#include <string>

#include "absl/status/status.h"
#include "sqlite.h"

namespace comcat::store {

/// Has the opened file `path` be a history of comcat's: sets how it is written (WAL, every commit
/// on the disk before it is done, what is deleted overwritten), and makes the tables in a new one.
/// kDataLoss where it is damaged, with the reason; other errors are one sentence for who starts the
/// server. Threads: that of `sqlite`.
[[nodiscard]] absl::Status prepare_schema(Sqlite& sqlite, const std::string& path);

}  // namespace comcat::store
