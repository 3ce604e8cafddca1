#include "comcat/audio/recording_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "comcat/base/text.h"

namespace comcat::audio {
namespace {

constexpr int kMostOfOneName = 9'999;
constexpr mode_t kOwnerOnly = 0600;

std::string numbered(const std::string& path, int number) {
  if (number == 1) return path;
  const std::size_t stem = path.rfind('.');
  return path.substr(0, stem) + "-" + std::to_string(number) + path.substr(stem);
}

/// Whether another recording into `path` is going on.
bool is_in_use(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  const bool in_use = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return in_use;
}

}  // namespace

absl::Status recording_failure(int error_number, const std::string& sentence) {
  const std::string text = sentence + " (" + std::generic_category().message(error_number) + "); ";
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
    return absl::ResourceExhaustedError(text + "make room or choose another path");
  }
  return absl::FailedPreconditionError(text + "choose a path that can be written");
}

absl::StatusOr<RecordingFile> create_recording(const std::string& path) {
  const std::string shown = base::safe_text(path);
  for (int number = 1; number <= kMostOfOneName; ++number) {
    RecordingFile file{-1, numbered(path, number), {}};
    file.fd = ::open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
    if (file.fd >= 0) {
      (void)::flock(file.fd, LOCK_EX | LOCK_NB);  // some file systems have none
      if (number > 1) {
        file.instead_of =
            shown + (is_in_use(path) ? " is being recorded by another program" : " exists already");
      }
      return file;
    }
    if (errno != EEXIST) {
      return recording_failure(errno, "the file " + shown + " cannot be created");
    }
  }
  return absl::FailedPreconditionError("the file " + shown + " and " +
                                       std::to_string(kMostOfOneName - 1) +
                                       " numbered ones exist; choose another name");
}

}  // namespace comcat::audio
