#include "schema.h"

#include "comcat/base/text.h"

#include "history_file.h"

namespace comcat::store {
namespace {

constexpr const char* kApplicationId = "1668246893";  // "comm"
constexpr const char* kVersion = "1";

constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA trusted_schema = OFF;";

constexpr const char* kTables =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE texts ("
    "  room TEXT NOT NULL,"        // the key of its name
    "  number INTEGER NOT NULL,"   // the room's order
    "  time_ms INTEGER NOT NULL,"  // since 1970 in UTC
    "  name TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  PRIMARY KEY (room, number)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX texts_by_time ON texts (time_ms);"
    "PRAGMA application_id = 1668246893;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

absl::Status failure(const Sqlite& sqlite, const std::string& path) {
  if (sqlite.is_damaged()) return absl::DataLossError(sqlite.fault());
  return cannot("use", path, sqlite.fault());
}

absl::Status not_ours(const std::string& path, const std::string& what) {
  return absl::InvalidArgumentError(base::safe_text(path) + " is " + what +
                                    "; move it away, or choose another place with --state_dir");
}

}  // namespace

absl::Status prepare_schema(Sqlite& sqlite, const std::string& path) {
  if (!sqlite.ok() || !sqlite.run(kSettings)) return failure(sqlite, path);
  const std::string tables = sqlite.value("SELECT count(*) FROM sqlite_schema");
  if (tables.empty()) return failure(sqlite, path);
  if (tables == "0" && !sqlite.run(kTables)) return failure(sqlite, path);
  if (sqlite.value("PRAGMA application_id") != kApplicationId) {
    return not_ours(path, "the database of another program");
  }
  if (sqlite.value("PRAGMA user_version") != kVersion) {
    return not_ours(path, "of a newer comcat-server");
  }
  const std::string check = sqlite.value("PRAGMA quick_check(1)");
  if (check.empty()) return failure(sqlite, path);
  // The first line says in which of the databases: there is but one.
  return check == "ok" ? absl::OkStatus()
                       : absl::DataLossError(check.substr(check.rfind('\n') + 1));
}

}  // namespace comcat::store
