#include "comcat/transport/address.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <arpa/inet.h>

#include "comcat/base/text.h"

#include "absl/status/status.h"

namespace comcat::transport {
namespace {

absl::Status invalid(const std::string& text, const std::string& why) {
  return absl::InvalidArgumentError("\"" + base::safe_text(text, 100) + "\" is no address: " + why +
                                    "; write host, host:port or [ipv6]:port");
}

bool is_ipv6(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  // inet_pton() would not see what comes after a NUL.
  return host.find('\0') == std::string::npos &&
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool is_name(const std::string& host) {
  const auto allowed = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_');
  };
  return !host.empty() && host.size() <= base::kMaxHostBytes && host.front() != '-' &&
         host.front() != '.' && std::all_of(host.begin(), host.end(), allowed);
}

}  // namespace

absl::StatusOr<base::Address> parse_address(const std::string& text) {
  if (text.empty()) return absl::InvalidArgumentError("no server is named; give --host HOST");
  base::Address address{.host = "", .port = kDefaultPort};
  std::string port;
  bool has_port = false;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string::npos) return invalid(text, "a bracket is not closed");
    address.host = text.substr(1, close - 1);
    if (!is_ipv6(address.host)) return invalid(text, "no IPv6 address stands in the brackets");
    has_port = close + 1 < text.size();
    if (has_port && text[close + 1] != ':') return invalid(text, "a colon is missing");
    if (has_port) port = text.substr(close + 2);
  } else if (is_ipv6(text)) {
    address.host = text;
  } else {
    const std::size_t colon = text.find(':');
    address.host = text.substr(0, colon);
    has_port = colon != std::string::npos;
    if (has_port) port = text.substr(colon + 1);
    if (!is_name(address.host)) return invalid(text, "the host is malformed");
  }
  if (has_port) address.port = base::parse_port(port).value_or(0);
  if (address.port == 0) return invalid(text, "the port is not 1-65535");
  for (char& c : address.host) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return address;
}

}  // namespace comcat::transport
