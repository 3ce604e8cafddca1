#pragma once

#include <optional>
#include <string>

#include "state_lock.h"

/// Where comcat-server keeps the names that callers claim. Threads: the main one.
namespace comcat::apps {

/// A directory that is one server's alone while this is there.
struct KeptClaims {
  std::optional<StateLock> lock;
  std::string directory;  // empty: nothing can be claimed
};

/// The state directory `state_dir`, which is this server's alone: `locked` says that it is already.
/// Where it is another server's, or there is none, nothing can be claimed, and the log says so.
[[nodiscard]] KeptClaims keep_claims(const std::string& state_dir, bool locked);

}  // namespace comcat::apps
