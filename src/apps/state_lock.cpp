#include "state_lock.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_trust.h"
#include "comcat/base/text.h"

namespace comcat::apps {
namespace {

absl::Status failed(const char* what, const std::string& path, const std::string& why) {
  return absl::UnavailableError(std::string("cannot ") + what + " " + base::safe_text(path) + ": " +
                                why + "; choose another place with --state_dir");
}

/// Whether `path` is still the file that is open here: who had it before may have removed it.
bool is_at(int file, const std::string& path) {
  struct stat here {};
  struct stat there {};
  return ::fstat(file, &here) == 0 && ::lstat(path.c_str(), &there) == 0 &&
         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

}  // namespace

absl::StatusOr<StateLock> StateLock::take(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return failed("make the directory", directory.string(), error.message());
  const std::string path = directory / "server.lock";
  for (;;) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file.valid()) return failed("open", path, base::why_not_opened(errno));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return failed("lock", path, std::strerror(errno));
      return absl::AlreadyExistsError("another comcat-server uses the state directory " +
                                      base::safe_text(directory.string()) +
                                      "; stop it, or give this one another with --state_dir");
    }
    if (is_at(file.get(), path)) return StateLock(path, std::move(file));
  }
}

/// Removed while it is still locked: whoever waits for it sees that it is no longer there.
StateLock::~StateLock() {
  if (file_.valid()) ::unlink(path_.c_str());
}

}  // namespace comcat::apps
