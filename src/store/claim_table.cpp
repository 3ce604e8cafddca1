#include "claim_table.h"

#include <optional>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/base/unicode.h"
#include "comcat/store/claim_row.h"

#include "sqlite_file.h"

namespace comcat::store {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS claims ("
    "  key TEXT NOT NULL PRIMARY KEY,"  // base::comparison_key() of the name
    "  name TEXT NOT NULL,"
    "  devices TEXT NOT NULL,"    // keys_of()
    "  used_ms INTEGER NOT NULL"  // since 1970 in UTC
    ") STRICT, WITHOUT ROWID;";

/// What came later, so that servers of a cluster can compare.
constexpr const char* kHasChanges =
    "SELECT count(*) FROM pragma_table_info('claims') WHERE name = 'released_ms'";
constexpr const char* kAddChanges =
    "BEGIN IMMEDIATE;"
    "ALTER TABLE claims ADD COLUMN claimed_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE claims ADD COLUMN released_ms INTEGER NOT NULL DEFAULT 0;"
    "COMMIT;";

}  // namespace

absl::StatusOr<std::unique_ptr<ClaimTable>> ClaimTable::open(const std::string& path) {
  absl::StatusOr<Sqlite> sqlite = open_own_file(path, "claims", kSchema);
  if (!sqlite.ok()) return sqlite.status();
  if (sqlite->value(kHasChanges) == "0" && !sqlite->run(kAddChanges)) {
    return absl::UnavailableError(sqlite->fault());
  }
  return std::unique_ptr<ClaimTable>(new ClaimTable(*std::move(sqlite)));
}

absl::StatusOr<std::vector<Claim>> ClaimTable::all() {
  const Sqlite::Statement statement = sqlite_.prepare(
      "SELECT name, devices, used_ms, claimed_ms, released_ms FROM claims ORDER BY key");
  if (!statement) return absl::UnavailableError(fault());
  Query rows(statement.get());
  std::vector<Claim> claims;
  while (rows.step()) {
    std::optional<Claim> claim = decode(
        ClaimRow{rows.text(0), rows.text(1), rows.integer(2), rows.integer(3), rows.integer(4)});
    if (claim) {
      claims.push_back(*std::move(claim));
    } else {
      base::log(base::LogLevel::kWarning, "claim_left_out", {{"used_ms", rows.integer(2)}});
    }
  }
  if (!rows.is_done()) return absl::UnavailableError(fault());
  return claims;
}

bool ClaimTable::put(const Claim& claim) {
  const Sqlite::Statement statement = sqlite_.prepare(
      "INSERT OR REPLACE INTO claims (key, name, devices, used_ms, claimed_ms, released_ms) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  const std::string key = base::comparison_key(claim.name);
  const std::string devices = keys_of(claim);
  return statement && Query(statement.get())
                          .bind(1, key)
                          .bind(2, claim.name)
                          .bind(3, devices)
                          .bind(4, claim.used.time_since_epoch().count())
                          .bind(5, claim.claimed.time_since_epoch().count())
                          .bind(6, claim.released.time_since_epoch().count())
                          .run();
}

bool ClaimTable::erase(const std::string& name) {
  const Sqlite::Statement statement = sqlite_.prepare("DELETE FROM claims WHERE key = ?");
  const std::string key = base::comparison_key(name);
  return statement && Query(statement.get()).bind(1, key).run();
}

}  // namespace comcat::store
