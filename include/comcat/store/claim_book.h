#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "comcat/store/claim.h"
#include "comcat/store/keeper_thread.h"

#include "absl/status/statusor.h"

namespace comcat::store {

class ClaimTable;
template <typename Table>
class KeptTable;

/// Claims that last: SQLite, on a thread that others may use as well. The file, claims.db, is made
/// with the first claim.
///
/// Errors     what cannot be written is logged (`claims_not_kept`).
/// Threads    keep() and lift() from any; they never wait for the disk. The rest from the owner's.
/// Ownership  the thread outlives it.
class ClaimBook {
 public:
  /// What was kept in `directory`/claims.db goes to `known`; rows that comcat has not written are
  /// left out and logged (`claim_left_out`). An error is one sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<ClaimBook>> open(
      KeeperThread& thread, const std::filesystem::path& directory, std::vector<Claim>& known);
  ~ClaimBook();

  /// In place of what was kept of the same name.
  void keep(Claim claim, Done done = {});
  void lift(std::string name, Done done = {});

 private:
  explicit ClaimBook(std::unique_ptr<KeptTable<ClaimTable>> table);

  const std::unique_ptr<KeptTable<ClaimTable>> table_;
};

}  // namespace comcat::store
