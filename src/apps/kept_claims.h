#pragma once

#include <memory>
#include <optional>
#include <string>

#include "comcat/server/name_claims.h"
#include "comcat/store/claim_book.h"

#include "absl/status/statusor.h"
#include "state_lock.h"

/// Where comcat-server keeps the names that callers claim. Threads: the main one.
namespace comcat::apps {

/// Outlives the server that has `options`.
struct KeptClaims {
  std::optional<StateLock> lock;
  std::unique_ptr<store::ClaimBook> book;  // null: nothing can be claimed
  server::NameClaimOptions options;
};

/// The claims of the state directory `state_dir`, which is this server's alone: `locked` says that
/// it is already. Where it is another server's, or there is none, nothing can be claimed, and the
/// log says so; an error, where they are there and cannot be read, is one sentence.
[[nodiscard]] absl::StatusOr<KeptClaims> keep_claims(const std::string& state_dir, bool locked);

}  // namespace comcat::apps
