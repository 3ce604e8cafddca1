#include "comcat/server/listen_address.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "comcat/base/text.h"

#include "absl/status/status.h"
#include "absl/strings/str_split.h"

namespace comcat::server {
namespace {

/// What names and IP addresses are made of, and the scope of a link-local one (fe80::1%eth0).
bool may_be_host(std::string_view host, std::string_view beside) {
  return host.size() <= base::kMaxHostBytes && std::all_of(host.begin(), host.end(), [&](char c) {
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

}  // namespace

absl::StatusOr<base::Address> parse_listen_address(const std::string& text,
                                                   const std::string& flag) {
  const std::string_view all = text;
  const std::size_t colon = std::min(all.rfind(':'), all.size());
  const auto port = base::parse_port(all.substr(std::min(colon + 1, all.size())));
  base::Address address;
  if (!port || !parse_host(all.substr(0, colon), address.host)) {
    return absl::InvalidArgumentError(
        flag + " " + base::safe_text(text, 100) +
        " is not HOST:PORT; give an address of this machine and a port, as in 127.0.0.1:" +
        (flag == "--metrics" ? "9464" : "50051"));
  }
  address.port = *port;
  return address;
}

absl::StatusOr<std::vector<base::Address>> parse_listen_addresses(const std::string& text,
                                                                  const std::string& flag) {
  std::vector<base::Address> out;
  for (const absl::string_view one : absl::StrSplit(text, ',')) {
    absl::StatusOr<base::Address> address = parse_listen_address(std::string(one), flag);
    if (!address.ok()) return address.status();
    out.push_back(*std::move(address));
  }
  return out;
}

}  // namespace comcat::server
