#include "tcp_gate.h"

#include <array>
#include <cerrno>
#include <cstddef>

#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace comcat::server {
namespace {

constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kTcpHeader = 20;
constexpr std::size_t kMaxHeaders = 512;  // IP's and TCP's, with their options

/// Where TCP's header begins behind IPv6's and its extensions.
std::optional<std::size_t> behind_ipv6(std::span<const std::uint8_t> packet) {
  std::uint8_t next = packet[6];
  std::size_t at = kIpv6Header;
  while (next != IPPROTO_TCP) {
    const bool extension =
        next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS;
    if (!extension || packet.size() < at + 2) return std::nullopt;
    // Each begins with what follows it, and with its length in units of 8 bytes less one.
    next = packet[at];
    at += (packet[at + 1] + std::size_t{1}) * 8;
  }
  return at;
}

std::optional<std::size_t> tcp_header(std::span<const std::uint8_t> packet) {
  if (packet.empty()) return std::nullopt;
  const int version = packet[0] >> 4;
  if (version == 4) return static_cast<std::size_t>(packet[0] & 0xf) * 4;
  if (version == 6 && packet.size() >= kIpv6Header) return behind_ipv6(packet);
  return std::nullopt;
}

/// Keeps of each segment what lies before the sequence number `end`. The kernel gives a filter what
/// begins with TCP's header, and cuts it to the length that the filter returns, but keeps the
/// header. Numbers wrap around: what is 2^31 and more away lies behind.
auto program(std::uint32_t end) {
  return std::to_array<sock_filter>({
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),  // the sequence number
      BPF_STMT(BPF_MISC | BPF_TAX, 0),
      BPF_STMT(BPF_LD | BPF_IMM, end),
      BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),  // the bytes that there is room for
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x80000000, 0, 1),
      BPF_STMT(BPF_LD | BPF_IMM, 0),
      BPF_STMT(BPF_ST, 0),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 12),  // the header's length, in 4 bytes, above 4 bits
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
      BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 2),
      BPF_STMT(BPF_LDX | BPF_MEM, 0),
      BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
      BPF_STMT(BPF_MISC | BPF_TAX, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 2),   // all of it fits
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),         // the flags
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 2, 0),  // FIN: would come before what is cut off
      BPF_STMT(BPF_MISC | BPF_TXA, 0),
      BPF_STMT(BPF_RET | BPF_A, 0),
      BPF_STMT(BPF_RET | BPF_K, 0),
  });
}

}  // namespace

std::optional<std::uint32_t> first_sequence(std::span<const std::uint8_t> syn) {
  const std::optional<std::size_t> at = tcp_header(syn);
  if (!at || syn.size() < *at + kTcpHeader) return std::nullopt;
  std::uint32_t sequence = 0;
  for (const std::uint8_t byte : syn.subspan(*at + 4, 4)) sequence = (sequence << 8) | byte;
  return sequence + 1;  // the SYN itself counts as one
}

bool TcpGate::prepare(int listener) {
  const int on = 1;
  return setsockopt(listener, IPPROTO_TCP, TCP_SAVE_SYN, &on, sizeof(on)) == 0;
}

std::optional<TcpGate> TcpGate::of(int fd) {
  std::array<std::uint8_t, kMaxHeaders> syn{};
  socklen_t size = syn.size();
  if (getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, syn.data(), &size) != 0) return std::nullopt;
  const std::optional<std::uint32_t> first = first_sequence(std::span(syn).first(size));
  if (!first) return std::nullopt;
  return TcpGate(fd, *first);
}

bool TcpGate::limit(std::uint64_t bytes) {
  auto code = program(first_ + static_cast<std::uint32_t>(bytes));
  const sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
  return setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0;
}

bool TcpGate::lift() {
  const int unused = 0;
  return setsockopt(fd_, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) == 0 ||
         errno == ENOENT;  // there was no limit
}

}  // namespace comcat::server
