#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace comcat::base {

/// Where somebody listens. `host` is a name or an IP address, without brackets and safe to print.
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

inline constexpr std::size_t kMaxHostBytes = 253;

/// "example.org:4000", "[::1]:4000". Threads: any.
[[nodiscard]] std::string to_string(const Address& address);

/// All of `text` as a decimal number of 16 bits. Threads: any.
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace comcat::base
