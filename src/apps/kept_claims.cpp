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

absl::StatusOr<KeptClaims> keep_claims(const std::string& state_dir, bool locked) {
  const absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  if (!state.ok()) return none(state.status());
  KeptClaims claims;
  if (!locked) {
    absl::StatusOr<StateLock> lock = StateLock::take(*state);
    if (!lock.ok()) return none(lock.status());
    claims.lock.emplace(*std::move(lock));
  }
  auto opened = store::ClaimBook::open(*state, claims.options.known);
  if (!opened.ok()) return opened.status();
  claims.book = *std::move(opened);
  claims.options.keep = [book = claims.book.get()](const store::Claim& claim) {
    book->keep(claim);
  };
  claims.options.lift = [book = claims.book.get()](const std::string& name) { book->lift(name); };
  return claims;
}

}  // namespace comcat::apps
