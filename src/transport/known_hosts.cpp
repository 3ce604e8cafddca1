#include "comcat/transport/known_hosts.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/private_file.h"
#include "comcat/base/text.h"

namespace comcat::transport {
namespace {

constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;
constexpr std::size_t kBase64OfSha256 = 43;
constexpr mode_t kOwnerOnly = 0600;

absl::Status failed(const std::string& what, const std::string& path) {
  const int error = errno;
  const std::string text = "cannot " + what + " " + base::safe_text(path) + ": " +
                           std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(text);
  return absl::UnavailableError(text);
}

/// The existing file, without waiting where it is a pipe.
base::FileDescriptor open_to_read(const std::string& path) {
  return base::FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

bool is_still(int file, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// The file, made where there is none, for this process alone: whoever replaces it holds the lock
/// of the one that is there. Others cannot take it, as they may not open the file.
absl::StatusOr<base::FileDescriptor> open_locked(const std::string& path) {
  for (;;) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
    if (!file.valid() && errno == EEXIST) file = open_to_read(path);
    if (!file.valid()) return failed("write", path);
    if (absl::Status status = base::check_private_file(file.get(), path); !status.ok()) {
      return status;
    }
    if (::flock(file.get(), LOCK_EX) != 0) return failed("lock", path);
    if (is_still(file.get(), path)) return file;
  }
}

}  // namespace

bool is_fingerprint(const std::string& text) {
  const std::string prefix = "SHA256:";
  if (text.size() != prefix.size() + kBase64OfSha256 || text.compare(0, prefix.size(), prefix) != 0)
    return false;
  return std::all_of(
      text.begin() + static_cast<std::ptrdiff_t>(prefix.size()), text.end(),
      [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '+' || c == '/'); });
}

std::vector<KnownHost> parse_known_hosts(const std::string& text) {
  std::vector<KnownHost> out;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line);
    KnownHost host;
    host.line = number;
    if (!(words >> host.address >> host.fingerprint)) continue;
    if (host.address.front() == '#' || !is_fingerprint(host.fingerprint)) continue;
    out.push_back(std::move(host));
  }
  return out;
}

absl::StatusOr<std::optional<KnownHost>> KnownHosts::find(const std::string& address) const {
  const auto text = base::read_private_file(path(), kMaxFileBytes);
  if (!text.ok()) return text.status();
  for (const KnownHost& host : parse_known_hosts(text->value_or(""))) {
    if (host.address == address) return host;
  }
  return std::nullopt;
}

absl::Status KnownHosts::add(const std::string& address, const std::string& fingerprint) const {
  if (absl::Status status = base::prepare_private_directory(path()); !status.ok()) return status;
  const absl::StatusOr<base::FileDescriptor> file = open_locked(path());
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> text = base::read_private_file(file->get(), path(), kMaxFileBytes);
  if (!text.ok()) return text.status();
  if (!text->empty() && text->back() != '\n') *text += '\n';
  *text += address + " " + fingerprint + "\n";
  return base::replace_private_file(path(), *text);
}

}  // namespace comcat::transport
