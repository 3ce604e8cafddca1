#include "peer_gates.h"

#include <tuple>

#include <sys/socket.h>

namespace comcat::server {
namespace {

std::uint64_t cookie_of(int fd) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  std::ignore = getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size);
  return cookie;
}

}  // namespace

void PeerGates::put(const std::string& peer, int fd, const TcpGate& gate) {
  const absl::MutexLock lock(&mutex_);
  gates_.emplace(peer, Entry{fd, cookie_of(fd), gate});
}

void PeerGates::remove(const std::string& peer, int fd) {
  const absl::MutexLock lock(&mutex_);
  for (auto [next, end] = gates_.equal_range(peer); next != end;) {
    next = next->second.fd == fd ? gates_.erase(next) : std::next(next);
  }
}

void PeerGates::lift(const std::string& peer) {
  const absl::MutexLock lock(&mutex_);
  for (auto [next, end] = gates_.equal_range(peer); next != end; ++next) {
    Entry& entry = next->second;
    if (entry.lifted || cookie_of(entry.fd) != entry.cookie) continue;
    entry.lifted = entry.gate.lift();
  }
}

}  // namespace comcat::server
