#include "comcat/server/admission_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace comcat::server {

namespace {

/// The parts of "ipv6:[2001:db8::1]:5000".
struct Parts {
  bool ipv6 = false;
  std::string host;  // without brackets and zone
  std::string port;
};

std::optional<Parts> parts_of(const std::string& peer) {
  const std::size_t scheme = peer.find(':');
  const std::size_t port = peer.rfind(':');
  if (scheme == std::string::npos || port <= scheme) return std::nullopt;
  Parts parts{peer.rfind("ipv6", 0) == 0, peer.substr(scheme + 1, port - scheme - 1),
              peer.substr(port + 1)};
  if (!parts.ipv6) return parts;
  // gRPC writes the brackets of an IPv6 peer percent-encoded.
  for (const char* mark : {"[", "]", "%5B", "%5D"}) {
    if (const std::size_t at = parts.host.find(mark); at != std::string::npos) {
      parts.host.erase(at, std::char_traits<char>::length(mark));
    }
  }
  parts.host.erase(std::min(parts.host.find('%'), parts.host.size()));  // a link-local's zone
  return parts;
}

/// In one way of writing; an IPv6 address whose last `zeroed` bytes are left out.
std::string host_text(const Parts& parts, std::size_t zeroed) {
  in6_addr bytes{};
  if (!parts.ipv6 || inet_pton(AF_INET6, parts.host.c_str(), &bytes) != 1) return parts.host;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    return inet_ntop(AF_INET, bytes.s6_addr + 12, text.data(), text.size());
  }
  std::fill(std::end(bytes.s6_addr) - zeroed, std::end(bytes.s6_addr), std::uint8_t{0});
  inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return zeroed == 0 ? text.data() : std::string(text.data()) + "/64";
}

}  // namespace

std::string admission_address(const std::string& peer) {
  const std::optional<Parts> parts = parts_of(peer);
  return parts ? host_text(*parts, 8) : peer;
}

std::string connection_name(const std::string& peer) {
  const std::optional<Parts> parts = parts_of(peer);
  return parts ? host_text(*parts, 0) + " " + parts->port : peer;
}

}  // namespace comcat::server
