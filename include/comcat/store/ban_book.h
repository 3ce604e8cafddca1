#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "comcat/store/ban.h"
#include "comcat/store/keeper_thread.h"

#include "absl/status/statusor.h"

namespace comcat::store {

class BanTable;
template <typename Table>
class KeptTable;

/// Bans that last: SQLite, on a thread that others may use as well. The file, bans.db, is made with
/// the first ban.
///
/// Errors     what cannot be written is logged (`bans_not_kept`).
/// Threads    keep() and lift() from any; they never wait for the disk. The rest from the owner's.
/// Ownership  the thread outlives it.
class BanBook {
 public:
  /// What was kept in `directory`/bans.db goes to `known`. An error is one sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<BanBook>> open(
      KeeperThread& thread, const std::filesystem::path& directory, std::vector<Ban>& known);
  ~BanBook();

  /// In place of what was kept of the same addresses.
  void keep(std::vector<Ban> bans, Done done = {});
  void lift(std::string address, Done done = {});

 private:
  explicit BanBook(std::unique_ptr<KeptTable<BanTable>> table);

  const std::unique_ptr<KeptTable<BanTable>> table_;
};

}  // namespace comcat::store
