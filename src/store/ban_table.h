#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "comcat/store/ban.h"

#include "absl/status/statusor.h"
#include "sqlite.h"

namespace comcat::store {

/// The bans in one SQLite file. Threads: one at a time; every call may wait for the disk.
class BanTable {
 public:
  using Row = Ban;

  /// Opens the file `path`, or makes it, with mode 0600. No link is followed to it. An error is one
  /// sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<BanTable>> open(const std::string& path);

  [[nodiscard]] absl::StatusOr<std::vector<Ban>> all();
  /// False where it could not be written: see fault().
  [[nodiscard]] bool put(const Ban& ban);
  [[nodiscard]] bool erase(const std::string& address);
  [[nodiscard]] std::string fault() const { return sqlite_.fault(); }

 private:
  explicit BanTable(Sqlite sqlite) : sqlite_(std::move(sqlite)) {}

  Sqlite sqlite_;
};

}  // namespace comcat::store
