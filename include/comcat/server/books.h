#pragma once

#include <functional>
#include <memory>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/server/hub.h"
#include "comcat/store/ban_book.h"
#include "comcat/store/claim_book.h"
#include "comcat/store/keeper_thread.h"

#include "absl/status/statusor.h"

namespace comcat::server {

struct BookOptions {
  std::string bans_directory;    // empty: bans end with the server
  std::string claims_directory;  // empty: nothing can be claimed
};

/// What lasts of a server beside its texts: bans and claims, on one thread that waits for the disk.
///
/// Threads    the owner's.
/// Ownership  whoever `post` posts to outlives it.
class Books {
 public:
  /// Has the shard run a task, which is given the time; from any thread.
  using Post = std::function<void(std::function<void(base::Time)>)>;

  /// Opens what the options ask for, and has a hub with `hub` know of it and keep it there. An
  /// error is one sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Books>> open(const BookOptions& options,
                                                                   const Post& post,
                                                                   HubOptions& hub);

 private:
  std::unique_ptr<store::BanBook> bans_;
  std::unique_ptr<store::ClaimBook> claims_;
  store::KeeperThread thread_;  // goes first, and writes what still waits
};

}  // namespace comcat::server
