#include "comcat/server/acceptor.h"

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/log.h"
#include "comcat/server/listen_address.h"

#include "listening_socket.h"
#include "tcp_bytes.h"

namespace comcat::server {
namespace {

using base::LogLevel;

// What waits in the kernel for a listener who does not read. The kernel doubles the first.
constexpr int kSendBufferBytes = 16 * 1024;
constexpr int kUnsentBytes = 4 * 1024;
constexpr int kUserTimeoutMs = 10'000;  // unacknowledged data for so long: the peer is gone
// The kernel asks as well, later than gRPC, whose timers stop while the wall clock is set back.
constexpr int kProbeAfterSeconds = 15;
constexpr int kProbeEverySeconds = 5;
constexpr int kRetryMs = 100;  // when accepting failed for want of something
constexpr int kWatchMs = 100;  // strangers, while there are some

std::string peer_of(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  return {reinterpret_cast<const char*>(&peer), size};
}

/// A socket that gRPC owns, which does not say when it closes it: a descriptor that has been
/// closed, or closed and used again, has another peer.
class Socket final : public Line {
 public:
  Socket(int fd, std::string peer) : fd_(fd), peer_(std::move(peer)) {}

  [[nodiscard]] bool is_open() const override { return peer_of(fd_) == peer_; }
  [[nodiscard]] std::uint64_t bytes_received() const override { return tcp_bytes_received(fd_); }
  void cut() override { ::shutdown(fd_, SHUT_RDWR); }  // gRPC closes it then

 private:
  const int fd_;
  const std::string peer_;  // raw sockaddr bytes
};

base::FileDescriptor open_spare() {
  return base::FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_ipv4(const base::Address& address) {
  in_addr bytes{};
  return inet_pton(AF_INET, address.host.c_str(), &bytes) == 1;
}

}  // namespace

absl::StatusOr<Acceptor> Acceptor::bind(const AcceptorOptions& options) {
  const auto wanted = parse_listen_addresses(options.listen, "--listen");
  if (!wanted.ok()) return wanted.status();
  const bool ipv4_is_given = std::ranges::any_of(*wanted, is_ipv4);
  Acceptor acceptor(options.limits);
  for (const base::Address& address : *wanted) {
    absl::StatusOr<base::FileDescriptor> listener =
        listen_on(address, {.ipv6_only = ipv4_is_given, .send_buffer_bytes = kSendBufferBytes});
    if (!listener.ok()) return listener.status();
    acceptor.add(*std::move(listener));
  }
  acceptor.wake_.reset(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  acceptor.spare_ = open_spare();
  if (!acceptor.wake_.valid() || !acceptor.spare_.valid()) {
    return absl::UnavailableError("cannot listen on " + options.listen + ": " + error_text(errno));
  }
  return acceptor;
}

void Acceptor::add(base::FileDescriptor listener) {
  const base::Address bound = bound_to(listener.get());
  if (listeners_.empty()) port_ = bound.port;
  address_ += (listeners_.empty() ? "" : ",") + base::to_string(bound);
  listeners_.push_back(std::move(listener));
}

Acceptor::~Acceptor() {
  stop();
}

void Acceptor::start(HandOver hand_over, Metrics& metrics) {
  metrics_ = &metrics;
  table_ = std::make_unique<ConnectionTable>(limits_, metrics);
  thread_ = std::jthread([this, hand_over = std::move(hand_over)](const std::stop_token& stop) {
    run(hand_over, stop);
  });
}

void Acceptor::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  std::ignore = eventfd_write(wake_.get(), 1);
  thread_.join();
  listeners_.clear();
}

void Acceptor::disconnect_all() {
  if (table_) table_->cut_all();
}

void Acceptor::run(const HandOver& hand_over, const std::stop_token& stop) {
  bool exhausted = false;
  bool strangers = false;
  base::Time next_watch{};
  std::vector<pollfd> ready{{wake_.get(), POLLIN, 0}};
  for (const base::FileDescriptor& listener : listeners_) {
    ready.push_back({listener.get(), POLLIN, 0});
  }
  while (!stop.stop_requested()) {
    if (exhausted) {  // the listeners stay readable though nobody can be let in
      std::ignore = poll(ready.data(), 1, kRetryMs);
      exhausted = false;
    } else if (poll(ready.data(), ready.size(), strangers ? kWatchMs : -1) > 0) {
      for (const pollfd& listener : std::span(ready).subspan(1)) {
        if (listener.revents == 0) continue;
        exhausted = !accept_all(listener.fd, hand_over, stop) || exhausted;
        strangers = true;
      }
    }
    const base::Time now = base::steady_now();
    if (!strangers || now < next_watch) continue;
    next_watch = now + std::chrono::milliseconds(kWatchMs);
    pass_on_vouched();
    strangers = table_->watch(now);
  }
}

void Acceptor::vouch(const std::string& peer) {
  const absl::MutexLock lock(&vouched_->mutex);
  vouched_->peers.insert(peer);
}

void Acceptor::pass_on_vouched() {
  std::set<std::string> peers;
  {
    const absl::MutexLock lock(&vouched_->mutex);
    peers.swap(vouched_->peers);
  }
  for (const std::string& peer : peers) table_->vouch(peer);
}

bool Acceptor::accept_all(int listener, const HandOver& hand_over, const std::stop_token& stop) {
  if (!spare_.valid()) spare_ = open_spare();
  while (!stop.stop_requested()) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    base::FileDescriptor fd(
        accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      take(std::move(fd), peer, {reinterpret_cast<const char*>(&peer), size}, hand_over);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN) return true;
    if (errno != EMFILE && errno != ENFILE) {
      metrics_->failed_accepts.fetch_add(1);
      base::log(LogLevel::kError, "cannot_accept", {{"why", error_text(errno)}});
      return false;
    }
    const int error = turn_one_away(listener);
    if (error == EAGAIN) return true;
    if (error != 0) metrics_->failed_accepts.fetch_add(1);
    base::log(LogLevel::kError, "out_of_file_descriptors",
              {{"caller", error == 0 ? "turned_away" : "waits"}});
    if (error != 0) return false;
  }
  return true;
}

void Acceptor::take(base::FileDescriptor fd, const sockaddr_storage& peer, std::string raw_peer,
                    const HandOver& hand_over) {
  const std::string text = peer_text(peer);
  pass_on_vouched();
  auto socket = std::make_unique<Socket>(fd.get(), std::move(raw_peer));
  if (!table_->add(text, std::move(socket), base::steady_now())) return;
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
  set_option(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
  set_option(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, kProbeAfterSeconds);
  set_option(fd.get(), IPPROTO_TCP, TCP_KEEPINTVL, kProbeEverySeconds);
  set_option(fd.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
  hand_over(std::move(fd));
}

int Acceptor::turn_one_away(int listener) {
  spare_.reset();
  base::FileDescriptor caller(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  const int error = caller.valid() ? 0 : errno;
  if (caller.valid()) metrics_->turned(Turned::kNoDescriptors);  // before he notices
  caller.reset();
  spare_ = open_spare();
  return error;
}

}  // namespace comcat::server
