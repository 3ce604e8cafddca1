#include "comcat/server/admission_address.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace comcat::server {

std::string admission_address(const std::string& peer) {
  const std::size_t scheme = peer.find(':');
  const std::size_t port = peer.rfind(':');
  if (scheme == std::string::npos || port <= scheme) return peer;
  std::string host = peer.substr(scheme + 1, port - scheme - 1);
  if (peer.rfind("ipv6", 0) != 0) return host;
  // gRPC writes the brackets of an IPv6 peer percent-encoded.
  for (const char* mark : {"[", "]", "%5B", "%5D"}) {
    if (const std::size_t at = host.find(mark); at != std::string::npos) {
      host.erase(at, std::char_traits<char>::length(mark));
    }
  }
  host.erase(std::min(host.find('%'), host.size()));  // the zone of a link-local address
  in6_addr bytes{};
  if (inet_pton(AF_INET6, host.c_str(), &bytes) != 1) return host;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    return inet_ntop(AF_INET, bytes.s6_addr + 12, text.data(), text.size());
  }
  std::fill(bytes.s6_addr + 8, bytes.s6_addr + 16, std::uint8_t{0});
  inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return std::string(text.data()) + "/64";
}

}  // namespace comcat::server
