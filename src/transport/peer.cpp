#include "comcat/transport/peer.h"

#include "comcat/transport/address.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"

namespace comcat::transport {

std::optional<base::Address> parse_peer(const std::string& peer) {
  if (!absl::StartsWith(peer, "ipv4:") && !absl::StartsWith(peer, "ipv6:")) return std::nullopt;
  const std::string where = absl::StrReplaceAll(
      peer.substr(5), {{"%5B", "["}, {"%5D", "]"}, {"%5b", "["}, {"%5d", "]"}, {"%25", "%"}});
  absl::StatusOr<base::Address> address = parse_address(where);
  if (!address.ok()) return std::nullopt;
  return *std::move(address);
}

}  // namespace comcat::transport
