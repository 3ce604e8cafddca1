#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/store/keeper_thread.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::store {

/// What `file` holds, by Table::all(); nothing where there is no such file.
template <typename Table>
[[nodiscard]] absl::StatusOr<std::vector<typename Table::Row>> read_kept(const std::string& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, unknown))) {
    return std::vector<typename Table::Row>{};
  }
  const absl::StatusOr<std::unique_ptr<Table>> table = Table::open(file);
  if (!table.ok()) return table.status();
  return (*table)->all();
}

/// A table that is changed on a KeeperThread. Table::open(file) opens or makes the file, with the
/// first change.
///
/// Errors     what cannot be written is logged as `event`.
/// Threads    add() from any; it never waits for the disk. The rest from the owner's.
/// Ownership  the thread outlives it, and may make changes after that.
template <typename Table>
class KeptTable {
 public:
  /// False where it could not be written: see Table::fault().
  using Change = std::function<bool(Table&)>;

  KeptTable(KeeperThread& thread, std::string file, const char* event)
      : thread_(thread), open_(std::make_shared<Open>(Open{std::move(file), event, nullptr})) {}

  void add(Change change, Done done) {
    thread_.add([open = open_, change = std::move(change), done = std::move(done)] {
      const absl::Status status = make(change, *open);
      if (!status.ok()) {
        base::log(base::LogLevel::kError, open->event, {{"why", std::string(status.message())}});
      }
      if (done) done(status);
    });
  }

 private:
  /// The thread's.
  struct Open {
    const std::string file;
    const char* const event;
    std::unique_ptr<Table> table;
  };

  static absl::Status make(const Change& change, Open& open) {
    if (!open.table) {
      auto opened = Table::open(open.file);
      if (!opened.ok()) return opened.status();
      open.table = *std::move(opened);
    }
    return change(*open.table) ? absl::OkStatus() : absl::UnavailableError(open.table->fault());
  }

  KeeperThread& thread_;
  const std::shared_ptr<Open> open_;
};

}  // namespace comcat::store
