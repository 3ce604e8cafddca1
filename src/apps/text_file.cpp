#include "text_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <sys/stat.h>

#include "comcat/base/text_decoder.h"

namespace comcat::apps {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

absl::Status reason(int error) {
  return absl::InvalidArgumentError(std::strerror(error));
}

}  // namespace

absl::StatusOr<std::string> read_text_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             &std::fclose);
  if (!file) return reason(errno);
  std::string bytes;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    bytes.append(buffer.data(), got);
    if (bytes.size() > kMaxBytes) return absl::InvalidArgumentError("it has more than 1 MiB");
  }
  if (std::ferror(file.get()) != 0) return reason(errno);
  return base::decode_text(bytes);
}

bool is_open_to_others(const std::string& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && (file.st_mode & S_IROTH) != 0;
}

}  // namespace comcat::apps
