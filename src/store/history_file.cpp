#include "history_file.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
#include "comcat/base/log.h"
#include "comcat/base/text.h"

#include "absl/time/time.h"

namespace comcat::store {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

/// 20261126T210502Z
std::string stamp(WallTime now) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromChrono(now), absl::UTCTimeZone());
}

/// Gives the file another name that nothing has; true where there is no such file, either.
bool rename_file(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  return errno == ENOENT;
}

}  // namespace

absl::Status cannot(std::string_view what, const std::string& file, std::string_view why) {
  return absl::UnavailableError("cannot " + std::string(what) + " " + base::safe_text(file) + ": " +
                                std::string(why) +
                                "; make that possible, choose another place with --state_dir, or "
                                "keep no texts with --history_hours 0");
}

absl::StatusOr<std::string> claim_history_file(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  const fs::path place = error ? directory : fs::canonical(directory, error);
  const std::string path = place / "history.db";
  if (error) return cannot("make the directory of", path, error.message());
  const base::FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  struct stat found {};
  if (!file.valid() || ::fstat(file.get(), &found) != 0) {
    return cannot("open", path, base::why_not_opened(errno));
  }
  if (!S_ISREG(found.st_mode)) return cannot("open", path, "it is no file");
  if ((found.st_mode & kOthers) != 0) {
    const bool closed = ::fchmod(file.get(), found.st_mode & 0700) == 0;
    base::log(base::LogLevel::kWarning,
              closed ? "history_was_open_to_others" : "history_is_open_to_others",
              {{"file", path}});
  }
  return path;
}

absl::StatusOr<std::string> move_aside(const std::string& file, WallTime now) {
  const std::string first = file + ".corrupt-" + stamp(now);
  std::string aside = first;
  for (int n = 2; !rename_file(file, aside); aside = first + "-" + std::to_string(n++)) {
    if (errno != EEXIST) return cannot("move aside the damaged", file, std::strerror(errno));
  }
  // What a crash left in the log belongs to the same database, under its new name.
  if (!rename_file(file + "-wal", aside + "-wal") || !rename_file(file + "-shm", aside + "-shm")) {
    return cannot("move aside what is beside the damaged", file, std::strerror(errno));
  }
  return aside;
}

}  // namespace comcat::store
