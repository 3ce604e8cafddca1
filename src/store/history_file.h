#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "comcat/store/text.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

/// The file beside which SQLite keeps its own two, -wal and -shm, of the same mode.
/// Threads: any, but one at a time for the same directory.
namespace comcat::store {

/// `directory`/history.db, made with mode 0600 where it is not there. No link is followed to it,
/// and one that others may read is closed to them. An error is one sentence.
[[nodiscard]] absl::StatusOr<std::string> claim_history_file(
    const std::filesystem::path& directory);

/// Names the damaged `file`, and what SQLite keeps beside it, `file`.corrupt-DATE: nothing of it is
/// lost, and nothing that has such a name already is touched. The new name.
[[nodiscard]] absl::StatusOr<std::string> move_aside(const std::string& file, WallTime now);

/// The error that `what` was not possible with `file`, for the reason `why`.
[[nodiscard]] absl::Status cannot(std::string_view what, const std::string& file,
                                  std::string_view why);

}  // namespace comcat::store
