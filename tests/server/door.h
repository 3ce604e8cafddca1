#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/server/acceptor.h"
#include "comcat/server/metrics.h"

namespace comcat::server {

/// An acceptor whose connections stay here: each is greeted with one byte.
class Door {
 public:
  explicit Door(AcceptorOptions options) {
    options.listen = options.listen.empty() ? "127.0.0.1:0" : options.listen;
    auto bound = Acceptor::bind(options);
    if (!bound.ok()) return;
    acceptor_.emplace(std::move(*bound));
  }

  [[nodiscard]] bool bound() const { return acceptor_.has_value(); }
  void open() {
    acceptor_->start(
        [this](base::FileDescriptor fd) {
          const std::lock_guard lock(mutex_);
          std::ignore = ::send(fd.get(), "A", 1, MSG_NOSIGNAL);
          inside_.push_back(std::move(fd));
        },
        [](const Pulse::Task& task) { task(); }, guests_, metrics_);
  }
  void close() { acceptor_->stop(); }
  /// Everyone who is inside has been admitted.
  void vouch_for_all() {
    const std::lock_guard lock(mutex_);
    for (const base::FileDescriptor& fd : inside_) {
      sockaddr_in peer{};
      socklen_t size = sizeof(peer);
      getpeername(fd.get(), reinterpret_cast<sockaddr*>(&peer), &size);
      std::array<char, INET_ADDRSTRLEN> host{};
      inet_ntop(AF_INET, &peer.sin_addr, host.data(), host.size());
      acceptor_->admitted("ipv4:" + std::string(host.data()) + ":" +
                          std::to_string(ntohs(peer.sin_port)));
    }
  }
  /// Ends the connections on the server's side, the oldest first.
  void hang_up(std::size_t count) {
    const std::lock_guard lock(mutex_);
    inside_.erase(inside_.begin(), inside_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  /// How many bytes wait on the oldest connection.
  [[nodiscard]] std::size_t read_all() {
    const std::lock_guard lock(mutex_);
    std::string bytes(1'000'000, '\0');
    const ssize_t got = ::recv(inside_.front().get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  [[nodiscard]] std::size_t inside() {
    const std::lock_guard lock(mutex_);
    return inside_.size();
  }
  [[nodiscard]] std::uint64_t turned(Turned why) const {
    return metrics_.turned_away[static_cast<std::size_t>(why)];
  }
  [[nodiscard]] std::uint64_t failed_accepts() const { return metrics_.failed_accepts; }
  [[nodiscard]] int port() const { return acceptor_->port(); }
  [[nodiscard]] const std::string& address() const { return acceptor_->address(); }

 private:
  std::mutex mutex_;  // ThreadSanitizer does not see into Debian's absl::Mutex
  std::vector<base::FileDescriptor> inside_;  // guarded by mutex_
  Metrics metrics_;
  GuestTable guests_{{}, metrics_};
  std::optional<Acceptor> acceptor_;  // destroyed first: its thread uses the rest
};

/// Somebody who connects from an address of this machine.
class Visitor {
 public:
  explicit Visitor(const std::string& from = "127.0.0.1")
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    const sockaddr_in mine = address(from, 0);
    EXPECT_EQ(0, ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&mine), sizeof(mine)));
  }

  void knock(int port, const std::string& at = "127.0.0.1") {
    const sockaddr_in door = address(at, port);
    EXPECT_EQ(0, ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&door), sizeof(door)));
    if (!silent_)
      std::ignore = ::send(fd_.get(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24, MSG_NOSIGNAL);
  }
  /// Connects, and says nothing.
  void wait_at(int port) {
    silent_ = true;
    knock(port);
  }
  /// True when let in, false when turned away.
  [[nodiscard]] bool let_in() {
    char greeting = 0;
    const ssize_t got = ::recv(fd_.get(), &greeting, 1, 0);
    EXPECT_TRUE(got >= 0 || errno == ECONNRESET) << "neither let in nor turned away";
    return got == 1 && greeting == 'A';
  }
  void say(std::size_t bytes) const {
    EXPECT_EQ(static_cast<ssize_t>(bytes),
              ::send(fd_.get(), std::string(bytes, 'x').data(), bytes, MSG_NOSIGNAL));
  }
  /// Waits for the end of the connection.
  [[nodiscard]] bool is_sent_away() {
    char more = 0;
    const ssize_t got = ::recv(fd_.get(), &more, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
  }
  /// Goes without a word: a reset rather than an end.
  void vanish() {
    const linger none{1, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    fd_.reset();
  }

 private:
  static sockaddr_in address(const std::string& host, int port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, host.c_str(), &out.sin_addr);
    return out;
  }

  base::FileDescriptor fd_;
  bool silent_ = false;
};

/// Whether somebody who connects from there is let in.
inline bool visit(Door& door, const std::string& from = "127.0.0.1") {
  Visitor visitor(from);
  visitor.knock(door.port());
  return visitor.let_in();
}

inline AcceptorOptions limits(std::size_t per_address, std::size_t in_all = 1000) {
  AcceptorOptions options;
  options.listen = "127.0.0.1:0";
  options.limits.in_all = in_all;
  options.limits.per_address = per_address;
  return options;
}

}  // namespace comcat::server
