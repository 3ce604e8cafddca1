#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

namespace comcat::testing {

/// Whether an IP packet, version 4 or 6 and without extension headers, carries UDP.
[[nodiscard]] bool is_udp(std::span<const std::uint8_t> packet);

/// What a router does to the ports of UDP over IPv4 that leaves a house, for one machine in it:
/// each port gets another outside for as long as the router remembers, and what comes back is for
/// the port that it remembers. Everything else passes as it is. Threads    one at a time.
class UdpNat {
 public:
  /// Changes the port that a packet comes from.
  void outward(std::span<std::uint8_t> packet);
  /// Changes the port that a packet is for; false where the router remembers none.
  [[nodiscard]] bool inward(std::span<std::uint8_t> packet) const;
  /// Remembers nothing any more: the next packet of each port gets another than it had.
  void forget() { outside_.clear(), inside_.clear(); }

 private:
  std::map<std::uint16_t, std::uint16_t> outside_;
  std::map<std::uint16_t, std::uint16_t> inside_;
  std::uint16_t next_ = 20'000;
};

}  // namespace comcat::testing
