#include "comcat/transport/known_hosts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
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

/// `file` as it is to be read; why it is not, where others may have written it.
absl::Status check_trust(int file, const std::string& path) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return failed("read", path);
  if (!S_ISREG(info.st_mode)) return absl::UnavailableError(base::safe_text(path) + " is no file");
  const std::string why = base::distrust(file);
  if (why.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError(base::safe_text(path) + " is not believed: " + why);
}

absl::Status check_directory(const std::string& path) {
  const std::string why = base::distrust_directory(path);
  if (why.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError("the directory " + base::safe_text(path) +
                                     " is not believed: " + why);
}

absl::StatusOr<std::string> read_all(int file, const std::string& path) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (ssize_t got = 0; (got = ::read(file, buffer.data(), buffer.size())) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxFileBytes) {
      return absl::ResourceExhaustedError(base::safe_text(path) + " is larger than 4 MiB");
    }
  }
  return text;
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
    if (absl::Status status = check_trust(file.get(), path); !status.ok()) return status;
    if (::flock(file.get(), LOCK_EX) != 0) return failed("lock", path);
    if (is_still(file.get(), path)) return file;
  }
}

/// False, with errno, where it could not be written to the end.
bool write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return ::fsync(file) == 0;
}

/// Puts a file of `text` in the place of `path`: written beside it under a name that nobody can
/// have taken, so that it is always a file of our own.
absl::Status replace(const std::string& path, const std::string& text) {
  std::string copy = path + ".XXXXXX";
  const base::FileDescriptor file(::mkostemp(copy.data(), O_CLOEXEC));
  if (!file.valid()) return failed("write", path);
  if (write_all(file.get(), text) && ::rename(copy.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  const absl::Status status = failed("write", path);
  ::unlink(copy.c_str());
  return status;
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
  if (absl::Status status = check_directory(directory_); !status.ok()) return status;
  const base::FileDescriptor file = open_to_read(path());
  if (!file.valid() && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file.valid()) return failed("read", path());
  if (absl::Status status = check_trust(file.get(), path()); !status.ok()) return status;
  const absl::StatusOr<std::string> text = read_all(file.get(), path());
  if (!text.ok()) return text.status();
  for (const KnownHost& host : parse_known_hosts(*text)) {
    if (host.address == address) return host;
  }
  return std::nullopt;
}

absl::Status KnownHosts::add(const std::string& address, const std::string& fingerprint) const {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  const base::FileDescriptor directory(
      ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return failed("open", directory_);
  if (absl::Status status = check_directory(directory_); !status.ok()) return status;
  const absl::StatusOr<base::FileDescriptor> file = open_locked(path());
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> text = read_all(file->get(), path());
  if (!text.ok()) return text.status();
  if (!text->empty() && text->back() != '\n') *text += '\n';
  *text += address + " " + fingerprint + "\n";
  absl::Status status = replace(path(), *text);
  if (status.ok()) ::fsync(directory.get());
  return status;
}

}  // namespace comcat::transport
