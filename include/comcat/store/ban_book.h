#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "comcat/store/ban.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::store {

class BanTable;

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
  void keep(Ban ban) ABSL_LOCKS_EXCLUDED(mutex_);
  void lift(std::string address) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Change = std::function<bool(BanTable&)>;

  explicit BanBook(std::string file);
  void run();
  void add(Change change) ABSL_LOCKS_EXCLUDED(mutex_);
  /// All that waits; empty at the end.
  [[nodiscard]] std::deque<Change> take() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string file_;
  absl::Mutex mutex_;
  std::deque<Change> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace comcat::store
