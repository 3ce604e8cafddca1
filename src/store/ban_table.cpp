#include "ban_table.h"

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

/// A field as it may go to a terminal: the file may have been changed by others, or by a disk.
std::string safe(std::string_view field) {
  return base::safe_text(std::string(field), kMaxFieldBytes, base::Joiners::kKept);
}

Ban ban_of(const Query& row) {
  Ban ban{safe(row.text(0)), safe(row.text(1)), safe(row.text(2)), safe(row.text(3)), {}};
  if (const std::int64_t until = row.integer(4); until > 0) {
    ban.until = WallTime(std::chrono::milliseconds(until));
  }
  return ban;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BanTable>> BanTable::open(const std::string& path) {
  absl::StatusOr<Sqlite> sqlite = open_own_file(path, "bans", kSchema);
  if (!sqlite.ok()) return sqlite.status();
  return std::unique_ptr<BanTable>(new BanTable(*std::move(sqlite)));
}

absl::StatusOr<std::vector<Ban>> BanTable::all() {
  const Sqlite::Statement statement =
      sqlite_.prepare("SELECT address, name, because, by, until_ms FROM bans ORDER BY address");
  if (!statement) return absl::UnavailableError(fault());
  Query rows(statement.get());
  std::vector<Ban> bans;
  while (rows.step()) bans.push_back(ban_of(rows));
  if (!rows.is_done()) return absl::UnavailableError(fault());
  return bans;
}

bool BanTable::put(const Ban& ban) {
  const Sqlite::Statement statement =
      sqlite_.prepare("INSERT OR REPLACE INTO bans VALUES (?, ?, ?, ?, ?)");
  if (!statement) return false;
  const std::int64_t until = ban.until ? ban.until->time_since_epoch().count() : 0;
  return Query(statement.get())
      .bind(1, ban.address)
      .bind(2, ban.name)
      .bind(3, ban.because)
      .bind(4, ban.by)
      .bind(5, until)
      .run();
}

bool BanTable::erase(const std::string& address) {
  const Sqlite::Statement statement = sqlite_.prepare("DELETE FROM bans WHERE address = ?");
  return statement && Query(statement.get()).bind(1, address).run();
}

}  // namespace comcat::store
