#include "sqlite_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
#include "comcat/base/text.h"

namespace comcat::store {
namespace {

constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA trusted_schema = OFF;";

}  // namespace

absl::StatusOr<Sqlite> open_own_file(const std::string& path, std::string_view what,
                                     const char* schema) {
  const auto cannot_use = [&](const std::string& why) {
    return absl::UnavailableError("cannot use the " + std::string(what) + " in " +
                                  base::safe_text(path) + ": " + why +
                                  "; make that possible, or choose another place with --state_dir");
  };
  const base::FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  struct stat found {};
  if (!file.valid() || ::fstat(file.get(), &found) != 0) {
    return cannot_use(base::why_not_opened(errno));
  }
  if (!S_ISREG(found.st_mode)) return cannot_use("it is no file");
  if (const std::string why = base::distrust(file.get()); !why.empty()) return cannot_use(why);
  Sqlite sqlite(path);
  if (!sqlite.ok() || !sqlite.run(kSettings) || !sqlite.run(schema)) {
    return cannot_use(sqlite.fault());
  }
  return sqlite;
}

}  // namespace comcat::store
