#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "comcat/store/claim.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::store {

class ClaimTable;
template <typename Table>
class WriteBehind;

/// Claims that last: SQLite on a thread of its own. The file, claims.db, is made with the first
/// claim.
///
/// Errors     what cannot be written is logged (`claims_not_kept`), and holds for as long as the
///            server runs.
/// Threads    keep() and lift() from any; they never wait for the disk. The rest from the owner's.
class ClaimBook {
 public:
  using Done = std::function<void(const absl::Status&)>;

  /// What was kept in `directory`/claims.db goes to `known`; rows that comcat has not written are
  /// left out and logged (`claim_left_out`). An error is one sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<ClaimBook>> open(
      const std::filesystem::path& directory, std::vector<Claim>& known);
  /// Writes what still waits, and says so to whoever wants to know.
  ~ClaimBook();

  /// In place of what was kept of the same name. `done` is called on the book's thread, once: OK
  /// where the claim is on the disk, else why it is not, in a few words.
  void keep(Claim claim, Done done = {});
  void lift(std::string name);

 private:
  explicit ClaimBook(std::string file);

  const std::unique_ptr<WriteBehind<ClaimTable>> changes_;
};

}  // namespace comcat::store
