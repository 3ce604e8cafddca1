#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "comcat/store/ban.h"

#include "absl/status/statusor.h"

namespace comcat::store {

class BanTable;
template <typename Table>
class WriteBehind;

/// Bans that last: SQLite on a thread of its own. The file, bans.db, is made with the first ban.
///
/// Errors     what cannot be written is logged (`bans_not_kept`), and holds for as long as the
///            server runs.
/// Threads    keep() and lift() from any; they never wait for the disk. The rest from the owner's.
class BanBook {
 public:
  /// What was kept in `directory`/bans.db goes to `known`. An error is one sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<BanBook>> open(
      const std::filesystem::path& directory, std::vector<Ban>& known);
  /// Writes what still waits.
  ~BanBook();

  /// In place of what was kept of the same address.
  void keep(Ban ban);
  void lift(std::string address);

 private:
  explicit BanBook(std::string file);

  const std::unique_ptr<WriteBehind<BanTable>> changes_;
};

}  // namespace comcat::store
