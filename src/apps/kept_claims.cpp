#include "kept_claims.h"

#include <filesystem>
#include <utility>

#include "comcat/base/log.h"

#include "user.h"

namespace comcat::apps {
namespace {

KeptClaims none(const absl::Status& why) {
  base::log(base::LogLevel::kWarning, "claims_off", {{"why", std::string(why.message())}});
  return {};
}

}  // namespace

KeptClaims keep_claims(const std::string& state_dir, bool locked) {
  const absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  if (!state.ok()) return none(state.status());
  KeptClaims claims;
  if (!locked) {
    absl::StatusOr<StateLock> lock = StateLock::take(*state);
    if (!lock.ok()) return none(lock.status());
    claims.lock.emplace(*std::move(lock));
  }
  claims.directory = *state;
  return claims;
}

}  // namespace comcat::apps
