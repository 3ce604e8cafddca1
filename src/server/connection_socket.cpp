#include "connection_socket.h"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "first_flight.h"
#include "guest_socket.h"
#include "listening_socket.h"
#include "tcp_bytes.h"

namespace comcat::server {
namespace {

constexpr int kUnsentBytes = 4 * 1024;
constexpr int kUserTimeoutMs = 10'000;  // unacknowledged data for so long: the peer is gone
// The kernel asks as well, later than gRPC, whose timers stop while the wall clock is set back.
constexpr int kProbeAfterSeconds = 15;
constexpr int kProbeEverySeconds = 5;

std::string peer_of(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  return {reinterpret_cast<const char*>(&peer), size};
}

}  // namespace

ConnectionSocket::ConnectionSocket(base::FileDescriptor fd, std::string raw_peer, std::string peer,
                                   const HandOver& hand_over, GuestTable& guests)
    : own_(std::move(fd)),
      fd_(own_.get()),
      raw_peer_(std::move(raw_peer)),
      peer_(std::move(peer)),
      hand_over_(hand_over),
      guests_(guests),
      gate_(TcpGate::of(fd_)) {
  if (gate_ && !gate_->limit(kMaxFirstFlight)) gate_.reset();
}

bool ConnectionSocket::is_open() const {
  return peer_of(fd_) == raw_peer_;
}

std::uint64_t ConnectionSocket::bytes_received() const {
  return tcp_bytes_received(fd_);
}

base::Duration ConnectionSocket::round_trip() const {
  return tcp_round_trip(fd_);
}

base::Duration ConnectionSocket::peers_turn() const {
  return tcp_peers_turn(fd_);
}

std::optional<std::size_t> ConnectionSocket::first_flight() const {
  std::array<std::uint8_t, kMaxFirstFlight> begun{};
  const ssize_t got = ::recv(fd_, begun.data(), begun.size(), MSG_PEEK | MSG_DONTWAIT);
  if (got <= 0) return std::nullopt;
  return server::first_flight(std::span(begun).first(static_cast<std::size_t>(got)));
}

bool ConnectionSocket::hand_over(std::uint64_t max_bytes) {
  const bool limited = gate_ && gate_->limit(max_bytes + 1);
  if (bytes_received() > max_bytes) return false;
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
  set_option(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
  set_option(fd_, IPPROTO_TCP, TCP_KEEPIDLE, kProbeAfterSeconds);
  set_option(fd_, IPPROTO_TCP, TCP_KEEPINTVL, kProbeEverySeconds);
  set_option(fd_, SOL_SOCKET, SO_KEEPALIVE, 1);
  guests_.add(peer_, std::make_unique<GuestSocket>(fd_, limited ? gate_ : std::nullopt));
  hand_over_(std::move(own_));
  return true;
}

bool ConnectionSocket::has_caller() const {
  return guests_.account_of(peer_)->callers() > 0;
}

void ConnectionSocket::cut() {
  if (own_.valid()) {
    own_.reset();
  } else {
    ::shutdown(fd_, SHUT_RDWR);  // gRPC closes it then
  }
}

}  // namespace comcat::server
