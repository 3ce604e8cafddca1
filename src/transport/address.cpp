#include "comcat/transport/address.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include <arpa/inet.h>
#include <idn2.h>
#include <net/if.h>

#include "comcat/base/text.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace comcat::transport {
namespace {

absl::Status invalid(const std::string& text, const std::string& why) {
  return absl::InvalidArgumentError("\"" + base::safe_text(text, 100) + "\" is no address: " + why +
                                    "; write host, host:port or [ipv6]:port");
}

/// Letters and digits of ASCII, and - . _
bool is_word(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_');
  });
}

bool is_ipv6(const std::string& host) {
  const std::size_t zone = host.find('%');
  const std::string address = host.substr(0, zone);
  if (zone != std::string::npos &&
      (!is_word(host.substr(zone + 1)) || host.size() - zone > IFNAMSIZ)) {
    return false;
  }
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  // inet_pton() would not see what comes after a NUL.
  return address.find('\0') == std::string::npos &&
         ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

/// fe80::/10, which says nothing without an interface. `host` is an IPv6 address.
bool lacks_zone(const std::string& host) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1 && IN6_IS_ADDR_LINKLOCAL(&bytes);
}

bool is_name(const std::string& host) {
  return is_word(host) && host.size() <= base::kMaxHostBytes && host.front() != '-' &&
         host.front() != '.';
}

/// The form that the DNS knows; `host` itself where it is ASCII, or no name that has such a form.
std::string dns_form(const std::string& host) {
  const auto is_ascii = [](unsigned char c) { return c < 0x80; };
  if (std::all_of(host.begin(), host.end(), is_ascii)) return host;
  if (host.find('\0') != std::string::npos) return host;  // libidn2 would not see what follows
  char* found = nullptr;
  const int result =
      ::idn2_to_ascii_8z(host.c_str(), &found, IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES);
  const std::unique_ptr<char, void (*)(void*)> owner(found, ::idn2_free);
  return result == IDN2_OK ? found : host;
}

/// An interface's name is what it is; all else is the same in any case.
void lower_case(std::string& host) {
  const auto end = std::find(host.begin(), host.end(), '%');
  std::transform(host.begin(), end, host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

}  // namespace

absl::StatusOr<base::Address> parse_address(const std::string& text) {
  if (text.empty()) return absl::InvalidArgumentError("no server is named; give --host HOST");
  if (text.find("://") != std::string::npos) return invalid(text, "it is a URL");
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
    address.host = dns_form(address.host);
    if (!is_name(address.host)) return invalid(text, "the host is malformed");
  }
  if (has_port) address.port = base::parse_port(port).value_or(0);
  if (address.port == 0) return invalid(text, "the port is not 1-65535");
  if (lacks_zone(address.host)) {
    return absl::InvalidArgumentError("\"" + base::safe_text(text, 100) +
                                      "\" is link-local and needs its interface on this side, as "
                                      "in [fe80::1%eth0]:50051");
  }
  lower_case(address.host);
  return address;
}

absl::StatusOr<std::vector<base::Address>> parse_addresses(const std::string& text) {
  std::vector<base::Address> out;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    absl::StatusOr<base::Address> address =
        parse_address(std::string(absl::StripAsciiWhitespace(part)));
    if (!address.ok()) return address.status();
    out.push_back(*std::move(address));
  }
  if (out.size() <= kMaxAddresses) return out;
  return absl::InvalidArgumentError("--host names " + std::to_string(out.size()) +
                                    " servers; at most " + std::to_string(kMaxAddresses) +
                                    " are tried");
}

std::string grpc_target(const base::Address& address) {
  // A zone's % would begin an escape: the target is a URI.
  return "dns:///" + absl::StrReplaceAll(to_string(address), {{"%", "%25"}});
}

}  // namespace comcat::transport
