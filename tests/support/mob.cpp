#include "support/mob.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <tuple>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include "comcat/base/file_descriptor.h"

namespace comcat::testing {
namespace {

constexpr int kStepMs = 10;

struct Free {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, Free>;

SSL_CTX* context() {
  static const std::unique_ptr<SSL_CTX, Free> shared = [] {
    std::unique_ptr<SSL_CTX, Free> made(SSL_CTX_new(TLS_client_method()));
    constexpr std::array<unsigned char, 3> kAlpn{2, 'h', '2'};
    SSL_CTX_set_alpn_protos(made.get(), kAlpn.data(), kAlpn.size());
    return made;
  }();
  return shared.get();
}

sockaddr_in address(std::uint32_t host, int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  out.sin_addr.s_addr = htonl(host);
  return out;
}

/// One of the addresses of this machine: 127.0.0.1 is the first.
std::uint32_t host_of(std::size_t number) {
  constexpr std::uint32_t kOthers = 0x7f010000;
  return number == 0 ? INADDR_LOOPBACK : kOthers + static_cast<std::uint32_t>(number);
}

}  // namespace

std::string client_hello() {
  const Ssl ssl(SSL_new(context()));
  BIO* const sent = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), sent);
  SSL_set_connect_state(ssl.get());
  std::ignore = SSL_do_handshake(ssl.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(sent, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

/// One of them.
class Mob::Stranger {
 public:
  Stranger(const Options& options, std::uint32_t host) : options_(options), host_(host) {}

  [[nodiscard]] bool is_away() const { return !fd_.valid(); }
  [[nodiscard]] pollfd waits_for() const {
    if (is_away()) return {-1, 0, 0};
    const bool writes = shaking_ ? SSL_want_read(ssl_.get()) == 0
                                 : said_ < options_.words.size() && options_.at_a_time == 0;
    return {fd_.get(), static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0};
  }

  void come() {
    fd_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    setsockopt(fd_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    const linger none{1, 0};  // leaves no port in TIME_WAIT
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    const sockaddr_in mine = address(host_, 0);
    const sockaddr_in there = address(INADDR_LOOPBACK, options_.port);
    std::ignore = bind(fd_.get(), reinterpret_cast<const sockaddr*>(&mine), sizeof(mine));
    std::ignore = connect(fd_.get(), reinterpret_cast<const sockaddr*>(&there), sizeof(there));
    said_ = 0;
    shaking_ = options_.tls;
    if (!options_.tls) return;
    ssl_.reset(SSL_new(context()));
    SSL_set_fd(ssl_.get(), fd_.get());
    SSL_set_connect_state(ssl_.get());
  }

  /// Does what it can; how many bytes it said.
  std::size_t step() {
    if (shaking_ && !shake_hands()) return 0;
    const std::size_t before = said_;
    if (said_ < options_.words.size() && !speak()) leave();
    const bool all_said = said_ == options_.words.size();
    const std::size_t said = said_ - before;
    if (all_said && (options_.hangs_up || was_cut())) leave();
    return said;
  }

 private:
  bool shake_hands() {
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
      shaking_ = false;
      return true;
    }
    const int why = SSL_get_error(ssl_.get(), done);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) leave();
    return false;
  }

  /// False where the connection has ended.
  bool speak() {
    std::size_t size = options_.words.size() - said_;
    if (options_.at_a_time > 0) size = std::min(size, options_.at_a_time);
    const char* const words = options_.words.data() + said_;
    if (options_.tls) {
      const int sent = SSL_write(ssl_.get(), words, static_cast<int>(size));
      if (sent <= 0) return SSL_get_error(ssl_.get(), sent) == SSL_ERROR_WANT_WRITE;
      said_ += static_cast<std::size_t>(sent);
      return true;
    }
    const ssize_t sent = ::send(fd_.get(), words, size, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS;
    said_ += static_cast<std::size_t>(sent);
    return true;
  }

  [[nodiscard]] bool was_cut() const {
    std::array<char, 4096> unread{};
    const ssize_t got = recv(fd_.get(), unread.data(), unread.size(), MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != ENOTCONN);
  }

  void leave() {
    ssl_.reset();
    fd_.reset();
  }

  const Options& options_;
  const std::uint32_t host_;
  base::FileDescriptor fd_;
  Ssl ssl_;
  bool shaking_ = false;
  std::size_t said_ = 0;
};

Mob::Mob(Options options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.strangers; ++i) {
    const std::size_t number = i % options_.addresses + (options_.elsewhere ? 1 : 0);
    strangers_.push_back(std::make_unique<Stranger>(options_, host_of(number)));
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Mob::~Mob() {
  thread_.request_stop();
  thread_.join();
}

void Mob::run(const std::stop_token& stop) {
  sigset_t broken_pipe{};  // OpenSSL writes to whoever has hung up
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  // All of them at first, then at the rate that was asked for.
  std::size_t may_come = options_.strangers;
  auto last = std::chrono::steady_clock::now();
  std::vector<pollfd> waits;
  while (!stop.stop_requested()) {
    come_back(may_come);
    waits.clear();
    for (const auto& stranger : strangers_) waits.push_back(stranger->waits_for());
    std::ignore = poll(waits.data(), waits.size(), kStepMs);
    for (std::size_t i = 0; i < waits.size(); ++i) {
      const bool called = waits[i].revents != 0 || options_.at_a_time > 0;
      if (called && !strangers_[i]->is_away()) bytes_ += strangers_[i]->step();
    }
    const auto now = std::chrono::steady_clock::now();
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - last);
    may_come = options_.connects * static_cast<std::size_t>(passed.count()) / 1000;
    if (may_come > 0) last = now;
  }
}

void Mob::come_back(std::size_t at_most) {
  for (std::size_t i = 0; i < strangers_.size() && at_most > 0; ++i) {
    Stranger& stranger = *strangers_[next_++ % strangers_.size()];
    if (!stranger.is_away()) continue;
    stranger.come();
    ++connections_;
    --at_most;
  }
}

}  // namespace comcat::testing
