#include "comcat/transport/known_hosts.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "comcat/base/private_file.h"
#include "comcat/base/shared_file.h"

namespace comcat::transport {
namespace {

constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;
constexpr std::size_t kBase64OfSha256 = 43;

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
  const auto file = base::SharedFile::open(path(), base::SharedFile::Access::kRead);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> text = file->read(kMaxFileBytes);
  if (!text.ok()) return text.status();
  if (!text->empty() && text->back() != '\n') *text += '\n';
  *text += address + " " + fingerprint + "\n";
  return file->replace(*text);
}

}  // namespace comcat::transport
