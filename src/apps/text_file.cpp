#include "text_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
#include "comcat/base/secret.h"
#include "comcat/base/text_decoder.h"

namespace comcat::apps {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

absl::Status reason(int error) {
  return absl::InvalidArgumentError(std::strerror(error));
}

}  // namespace

absl::StatusOr<std::string> read_text_file(const std::string& path, Writers writers) {
  const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return reason(errno);
  if (writers == Writers::kOwner) {
    if (const std::string why = base::distrust(file.get()); !why.empty()) {
      return absl::InvalidArgumentError(why);
    }
  }
  std::string bytes(kMaxBytes + 1, '\0');  // never grows, so it leaves no copy behind
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return reason(errno);
    size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  if (size > kMaxBytes) return absl::InvalidArgumentError("it has more than 1 MiB");
  bytes.resize(size);
  std::string text = base::decode_text(bytes);
  base::wipe(bytes);
  return text;
}

bool is_open_to_others(const std::string& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && (file.st_mode & S_IROTH) != 0;
}

}  // namespace comcat::apps
