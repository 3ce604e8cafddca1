#include "ban_table.h"

#include <optional>
#include <utility>

#include "comcat/base/text.h"

#include "sqlite_file.h"

namespace comcat::store {
namespace {

constexpr std::size_t kMaxFieldBytes = 2000;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS bans ("
    "  address TEXT NOT NULL PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  because TEXT NOT NULL,"
    "  by TEXT NOT NULL,"
    "  until_ms INTEGER NOT NULL"  // since 1970 in UTC; 0: until it is lifted
    ") STRICT, WITHOUT ROWID;";

/// What came later, so that servers of a cluster can compare.
constexpr const char* kHasChanges =
    "SELECT count(*) FROM pragma_table_info('bans') WHERE name = 'kept_ms'";
constexpr const char* kAddChanges =
    "BEGIN IMMEDIATE;"
    "ALTER TABLE bans ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE bans ADD COLUMN lifted INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE bans ADD COLUMN kept_ms INTEGER NOT NULL DEFAULT 0;"  // as until_ms
    "COMMIT;";

/// A field as it may go to a terminal: the file may have been changed by others, or by a disk.
std::string safe(std::string_view field) {
  return base::safe_text(std::string(field), kMaxFieldBytes, base::Joiners::kKept);
}

/// Nothing where it is 0.
std::optional<WallTime> time_of(std::int64_t ms) {
  if (ms <= 0) return std::nullopt;
  return WallTime(std::chrono::milliseconds(ms));
}

Ban ban_of(const Query& row) {
  Ban ban{safe(row.text(0)), safe(row.text(1)), safe(row.text(2)), safe(row.text(3)), {}};
  ban.until = time_of(row.integer(4));
  ban.changed = WallTime(std::chrono::milliseconds(row.integer(5)));
  ban.lifted = row.integer(6) != 0;
  // Of a version that knew nothing of it.
  ban.kept = ban.changed == WallTime{} ? ban.until : time_of(row.integer(7));
  return ban;
}

std::int64_t number_of(const std::optional<WallTime>& time) {
  return time ? time->time_since_epoch().count() : 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BanTable>> BanTable::open(const std::string& path) {
  absl::StatusOr<Sqlite> sqlite = open_own_file(path, "bans", kSchema);
  if (!sqlite.ok()) return sqlite.status();
  if (sqlite->value(kHasChanges) == "0" && !sqlite->run(kAddChanges)) {
    return absl::UnavailableError(sqlite->fault());
  }
  return std::unique_ptr<BanTable>(new BanTable(*std::move(sqlite)));
}

absl::StatusOr<std::vector<Ban>> BanTable::all() {
  const Sqlite::Statement statement = sqlite_.prepare(
      "SELECT address, name, because, by, until_ms, changed_ms, lifted, kept_ms FROM bans "
      "ORDER BY address");
  if (!statement) return absl::UnavailableError(fault());
  Query rows(statement.get());
  std::vector<Ban> bans;
  while (rows.step()) bans.push_back(ban_of(rows));
  if (!rows.is_done()) return absl::UnavailableError(fault());
  return bans;
}

bool BanTable::put(const Ban& ban) {
  const Sqlite::Statement statement = sqlite_.prepare(
      "INSERT OR REPLACE INTO bans (address, name, because, by, until_ms, changed_ms, lifted, "
      "kept_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!statement) return false;
  return Query(statement.get())
      .bind(1, ban.address)
      .bind(2, ban.name)
      .bind(3, ban.because)
      .bind(4, ban.by)
      .bind(5, number_of(ban.until))
      .bind(6, ban.changed.time_since_epoch().count())
      .bind(7, std::int64_t{ban.lifted})
      .bind(8, number_of(ban.kept))
      .run();
}

bool BanTable::erase(const std::string& address) {
  const Sqlite::Statement statement = sqlite_.prepare("DELETE FROM bans WHERE address = ?");
  return statement && Query(statement.get()).bind(1, address).run();
}

}  // namespace comcat::store
