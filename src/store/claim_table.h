#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "comcat/store/claim.h"

#include "absl/status/statusor.h"
#include "sqlite.h"

namespace comcat::store {

/// The claims in one SQLite file. Threads: one at a time; every call may wait for the disk.
class ClaimTable {
 public:
  using Row = Claim;

  /// Opens the file `path`, or makes it, with mode 0600. No link is followed to it. An error is one
  /// sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<ClaimTable>> open(const std::string& path);

  [[nodiscard]] absl::StatusOr<std::vector<Claim>> all();
  /// False where it could not be written: see fault().
  [[nodiscard]] bool put(const Claim& claim);
  [[nodiscard]] bool erase(const std::string& name);
  [[nodiscard]] std::string fault() const { return sqlite_.fault(); }

 private:
  explicit ClaimTable(Sqlite sqlite) : sqlite_(std::move(sqlite)) {}

  Sqlite sqlite_;
};

}  // namespace comcat::store
