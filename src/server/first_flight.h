#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace comcat::server {

/// The longest that is waited for; a ClientHello with the keys of today has 300 to 2000 bytes.
inline constexpr std::size_t kMaxFirstFlight = 4096;

/// How many bytes a peer sends before it waits for an answer, of which `begun` has arrived: the TLS
/// record of its ClientHello, or HTTP/2's preface. Nothing while some of them are missing. What
/// begins like neither, or would be too long, is as long as it is: gRPC is to refuse it.
/// Threads: any.
[[nodiscard]] std::optional<std::size_t> first_flight(std::span<const std::uint8_t> begun);

}  // namespace comcat::server
