#include "ban_table.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
#include "comcat/base/text.h"

namespace comcat::store {
namespace {

constexpr std::size_t kMaxFieldBytes = 2000;

constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA trusted_schema = OFF;"
    "CREATE TABLE IF NOT EXISTS bans ("
    "  address TEXT NOT NULL PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  because TEXT NOT NULL,"
    "  by TEXT NOT NULL,"
    "  until_ms INTEGER NOT NULL"  // since 1970 in UTC; 0: until it is lifted
    ") STRICT, WITHOUT ROWID;";

absl::Status cannot_use(const std::string& path, const std::string& why) {
  return absl::UnavailableError("cannot use the bans in " + base::safe_text(path) + ": " + why +
                                "; make that possible, or choose another place with --state_dir");
}

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
  const base::FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!file.valid()) return cannot_use(path, std::strerror(errno));
  if (const std::string why = base::distrust(file.get()); !why.empty()) {
    return cannot_use(path, why);
  }
  std::unique_ptr<BanTable> table(new BanTable(path));
  if (!table->sqlite_.ok() || !table->sqlite_.run(kSettings)) {
    return cannot_use(path, table->fault());
  }
  return table;
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
