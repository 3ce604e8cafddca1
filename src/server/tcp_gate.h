#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace comcat::server {

/// Bounds how much the peer of a TCP connection can have sent since it began, in the kernel: what
/// lies beyond is thrown away as it arrives, so that no reader, however fast, ever sees it. To the
/// peer it looks like a network that loses these bytes: it sends them again later and later, and
/// whoever was held by a limit waits for the next of these times (200 ms and more) once the limit
/// is moved. So a limit is moved before honest peers reach it. What the peer acknowledges still
/// counts, whatever it sends with it: writing towards it goes on. Reached is a limit when
/// tcp_bytes_received() is at it.
///
///     TcpGate::prepare(listener);                  // before connections are accepted
///     auto gate = TcpGate::of(accept4(listener, ...));
///     gate->limit(4096);                           // at once
///     if (tcp_bytes_received(fd) > 4096) ...       // had arrived before there was a limit
///     gate->limit(tcp_bytes_received(fd) + 65536); // moved along
///     gate->lift();
///
/// It is a socket filter (SO_ATTACH_FILTER, which needs no privilege), so a socket can have no
/// other one beside it. A segment costs it some 10 ns; moving the limit 20 us.
///
/// Threads    one at a time.
/// Ownership  none: the descriptor is somebody else's, and must be open whenever the gate is used.
class TcpGate {
 public:
  /// Has the kernel keep what of() needs; false where it cannot.
  [[nodiscard]] static bool prepare(int listener);

  /// For a socket that a prepared listener has accepted; once, the kernel tells no second time.
  /// Nothing where it does not tell (a connection that was opened by a SYN cookie).
  [[nodiscard]] static std::optional<TcpGate> of(int fd);

  /// Lets nothing beyond the first `bytes` of the connection arrive from now on; what had arrived
  /// stays. To be at most 1 GiB from what has been received. False, and nothing changed, where the
  /// kernel refuses.
  [[nodiscard]] bool limit(std::uint64_t bytes);

  /// Lets everything arrive again; false where the kernel refuses.
  [[nodiscard]] bool lift();

 private:
  TcpGate(int fd, std::uint32_t first) : fd_(fd), first_(first) {}

  int fd_;
  std::uint32_t first_;  // the sequence number of the connection's first byte
};

/// The sequence number of the first byte that follows a SYN, given with its IP header; nothing
/// where this is none. Threads: any.
[[nodiscard]] std::optional<std::uint32_t> first_sequence(std::span<const std::uint8_t> syn);

}  // namespace comcat::server
