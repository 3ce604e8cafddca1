#pragma once

#include <chrono>
#include <cstdint>

namespace comcat::server {

/// How many bytes the peer of the TCP socket `fd` has sent that arrived here, read or not; 0 where
/// the kernel does not say. Threads: any.
[[nodiscard]] std::uint64_t tcp_bytes_received(int fd);

struct TcpBytes {
  std::uint64_t received = 0;
  std::uint64_t acknowledged = 0;        // of what was sent, by the peer's kernel
  bool waits = false;                    // for it to acknowledge what is under way
  std::chrono::milliseconds silence{0};  // since it last did
};

/// Both at once; zeros where the kernel does not say. Threads: any.
[[nodiscard]] TcpBytes tcp_bytes(int fd);

/// How long it is to the peer and back, as the kernel has measured it; 0 where it does not say.
/// Threads: any.
[[nodiscard]] std::chrono::microseconds tcp_round_trip(int fd);

/// For how long the peer has had all that was sent to it, and has sent nothing since; 0 where that
/// is not so, or nothing was sent. Threads: any.
[[nodiscard]] std::chrono::milliseconds tcp_peers_turn(int fd);

}  // namespace comcat::server
