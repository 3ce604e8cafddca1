#include "support/udp_nat.h"

namespace comcat::testing {
namespace {

constexpr std::uint8_t kUdp = 17;
constexpr std::size_t kUdpHeaderBytes = 8;

/// The UDP header of an IPv4 packet; empty where it has none.
std::span<std::uint8_t> udp_header(std::span<std::uint8_t> packet) {
  if (packet.size() < 20 || packet[0] >> 4 != 4 || packet[9] != kUdp) return {};
  const bool later_fragment = (packet[6] & 0x1F) != 0 || packet[7] != 0;
  const std::size_t at = (packet[0] & 0xFU) * 4;
  if (later_fragment || packet.size() < at + kUdpHeaderBytes) return {};
  return packet.subspan(at, kUdpHeaderBytes);
}

std::uint16_t port_at(std::span<const std::uint8_t> two) {
  return static_cast<std::uint16_t>(two[0] << 8 | two[1]);
}

void set_port(std::span<std::uint8_t> header, std::size_t at, std::uint16_t port) {
  header[at] = static_cast<std::uint8_t>(port >> 8);
  header[at + 1] = static_cast<std::uint8_t>(port & 0xFF);
  header[6] = header[7] = 0;  // no checksum, which IPv4 allows
}

}  // namespace

bool is_udp(std::span<const std::uint8_t> packet) {
  if (packet.empty()) return false;
  const std::size_t at = packet[0] >> 4 == 6 ? 6 : 9;
  return packet.size() > at && packet[at] == kUdp;
}

void UdpNat::outward(std::span<std::uint8_t> packet) {
  const std::span<std::uint8_t> header = udp_header(packet);
  if (header.empty()) return;
  const auto [known, added] = outside_.try_emplace(port_at(header), next_);
  if (added) inside_[next_++] = known->first;
  set_port(header, 0, known->second);
}

bool UdpNat::inward(std::span<std::uint8_t> packet) const {
  const std::span<std::uint8_t> header = udp_header(packet);
  if (header.empty()) return true;
  const auto known = inside_.find(port_at(header.subspan(2)));
  if (known == inside_.end()) return false;
  set_port(header, 2, known->second);
  return true;
}

}  // namespace comcat::testing
