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
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/text.h"

namespace comcat::transport {
namespace {

constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;
constexpr std::size_t kBase64OfSha256 = 43;

absl::Status failed(const std::string& what, const std::string& path) {
  const int error = errno;
  const std::string text = "cannot " + what + " " + base::safe_text(path) + ": " +
                           std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(text);
  return absl::UnavailableError(text);
}

/// All of the file; "" where there is none.
absl::StatusOr<std::string> read_all(const std::string& path) {
  const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::string();
    return failed("read", path);
  }
  std::string text;
  std::array<char, 16384> buffer{};
  for (ssize_t got = 0; (got = ::read(file.get(), buffer.data(), buffer.size())) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxFileBytes) {
      return absl::ResourceExhaustedError(base::safe_text(path) + " is larger than 4 MiB");
    }
  }
  return text;
}

/// False, with errno, where it could not be written to the end.
bool write_all(const std::string& path, const std::string& text) {
  const base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return false;
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(file.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return ::fsync(file.get()) == 0;
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
  const absl::StatusOr<std::string> text = read_all(path());
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
  if (::flock(directory.get(), LOCK_EX) != 0) return failed("lock", directory_);
  absl::StatusOr<std::string> text = read_all(path());
  if (!text.ok()) return text.status();
  if (!text->empty() && text->back() != '\n') *text += '\n';
  *text += address + " " + fingerprint + "\n";
  const std::string copy = path() + ".new";
  if (!write_all(copy, *text) || ::rename(copy.c_str(), path().c_str()) != 0) {
    const absl::Status status = failed("write", path());
    ::unlink(copy.c_str());
    return status;
  }
  ::fsync(directory.get());
  return absl::OkStatus();
}

}  // namespace comcat::transport
