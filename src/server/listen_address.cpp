#include "comcat/server/listen_address.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "comcat/base/text.h"

#include "absl/status/status.h"

namespace comcat::server {
namespace {

constexpr std::size_t kMaxHostBytes = 253;

/// What names and IP addresses are made of, and the scope of a link-local one (fe80::1%eth0).
bool may_be_host(std::string_view host, std::string_view beside) {
  return host.size() <= kMaxHostBytes && std::all_of(host.begin(), host.end(), [&](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte < 0x80 && std::isalnum(byte) != 0) || c == '.' || c == '-' || c == '_' ||
                  beside.find(c) != std::string_view::npos;
         });
}

bool parse_host(std::string_view text, std::string& host) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  if (bracketed && text.find(':') == std::string_view::npos) return false;
  host = std::string(text);
  return may_be_host(text, bracketed ? ":%" : "");
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end;
}

}  // namespace

absl::StatusOr<ListenAddress> parse_listen_address(const std::string& text,
                                                   const std::string& flag) {
  ListenAddress address;
  const std::string_view all = text;
  const std::size_t colon = all.rfind(':');
  if (colon == std::string_view::npos || !parse_host(all.substr(0, colon), address.host) ||
      !parse_port(all.substr(colon + 1), address.port)) {
    return absl::InvalidArgumentError(
        flag + " " + base::safe_text(text, 100) +
        " is not HOST:PORT; give an address of this machine and a port, as in 127.0.0.1:50051");
  }
  return address;
}

std::string to_string(const ListenAddress& address) {
  const bool bracketed = address.host.find(':') != std::string::npos;
  const std::string host = bracketed ? "[" + address.host + "]" : address.host;
  return host + ":" + std::to_string(address.port);
}

}  // namespace comcat::server
