#include "comcat/server/acceptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/log.h"
#include "comcat/server/admission_address.h"
#include "comcat/server/heap_trim.h"
#include "comcat/server/listen_address.h"
#include "comcat/server/spare_time.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "connection_socket.h"
#include "listening_socket.h"
#include "tcp_gate.h"

namespace comcat::server {
namespace {

using base::LogLevel;

// What waits in the kernel for a listener who does not read. The kernel doubles the first.
constexpr int kSendBufferBytes = 16 * 1024;
constexpr int kRetryMs = 100;  // when accepting failed for want of something
constexpr int kWatchMs = 100;  // strangers, and guests who send, while there are some
constexpr int kLetInMs = 5;    // strangers who wait, while there are some
constexpr int kRestMs = 3000;  // guests at rest, and what others have used of memory

// What an event tells of: these, and from kFirstConnection on a connection of the table.
constexpr std::size_t kEventsAtATime = 64;
constexpr std::uint64_t kWake = 0;
constexpr std::uint64_t kFirstListener = 1;
constexpr std::uint64_t kFirstConnection = std::uint64_t{1} << 32;

base::FileDescriptor open_spare() {
  return base::FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

/// Has `epoll` tell of `fd` as `what`.
bool listen_to(const base::FileDescriptor& epoll, int fd, std::uint32_t events,
               std::uint64_t what) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = what;
  return epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void trim(HeapTrim& heap, base::Time now) {
  if (!heap.wanted(HeapUse::now(), now)) return;
  malloc_trim(0);
  heap.trimmed(HeapUse::now());
}

bool is_ipv4(const base::Address& address) {
  in_addr bytes{};
  return inet_pton(AF_INET, address.host.c_str(), &bytes) == 1;
}

}  // namespace

struct Acceptor::Desk {
  enum class Verdict : std::uint8_t { kAdmitted, kRefused };

  explicit Desk(const ConnectionLimits& its_limits) : limits(its_limits) {}

  const ConnectionLimits limits;
  HandOver hand_over;
  Metrics* metrics = nullptr;
  std::optional<Pulse> pulse;  // once started
  SpareTime spare_time;
  bool gated = true;  // the kernel holds back what strangers may not send
  GuestTable* guests = nullptr;
  absl::Mutex mutex;
  // By peer: each once, however many its streams.
  std::map<std::string, Verdict> verdicts ABSL_GUARDED_BY(mutex);
};

Acceptor::Acceptor(const ConnectionLimits& limits) : desk_(std::make_unique<Desk>(limits)) {}
Acceptor::Acceptor(Acceptor&&) noexcept = default;
Acceptor& Acceptor::operator=(Acceptor&&) noexcept = default;

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
  acceptor.spare_ = open_spare();
  if (!acceptor.spare_.valid() || !acceptor.listen_to_all()) {
    return absl::UnavailableError("cannot listen on " + options.listen + ": " + error_text(errno));
  }
  return acceptor;
}

bool Acceptor::listen_to_all() {
  wake_.reset(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  if (!wake_.valid() || !listen_to(epoll_, wake_.get(), EPOLLIN, kWake)) return false;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    const int listener = listeners_[i].get();
    desk_->gated = TcpGate::prepare(listener) && desk_->gated;
    if (!listen_to(epoll_, listener, EPOLLIN, kFirstListener + i)) return false;
  }
  return true;
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

void Acceptor::start(HandOver hand_over, Pulse::Post post, GuestTable& guests, Metrics& metrics) {
  desk_->guests = &guests;
  guests.wake_by([this] { std::ignore = eventfd_write(wake_.get(), 1); });
  desk_->pulse.emplace(std::move(post));
  desk_->metrics = &metrics;
  table_ = std::make_unique<ConnectionTable>(desk_->limits, metrics);
  desk_->hand_over = [this, hand_over = std::move(hand_over)](base::FileDescriptor fd) {
    std::ignore = epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
    hand_over(std::move(fd));
  };
  if (!desk_->gated) {
    base::log(LogLevel::kWarning, "strangers_are_only_counted",
              {{"why", "the kernel does not keep the SYN of connections (TCP_SAVE_SYN)"}});
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
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

void Acceptor::run(const std::stop_token& stop) {
  bool exhausted = false;
  bool lively = false;  // there are strangers, or guests who send
  bool crowded = false;
  base::Time watched{};
  HeapTrim heap;
  std::array<epoll_event, kEventsAtATime> events{};
  while (!stop.stop_requested()) {
    if (exhausted) {  // the listeners stay readable though nobody can be let in
      pollfd wake{wake_.get(), POLLIN, 0};
      std::ignore = poll(&wake, 1, kRetryMs);
      exhausted = false;
    }
    const int timeout = crowded ? kLetInMs : lively ? kWatchMs : kRestMs;
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), timeout);
    for (const epoll_event& event : std::span(events).first(std::max(count, 0))) {
      lively = true;
      exhausted = !serve(event.data.u64, stop) || exhausted;
    }
    const base::Time now = base::steady_now();
    pass_on_verdicts();
    if (desk_->spare_time.due(now)) desk_->spare_time.look(SpareTime::now(), now);
    crowded = let_in(now);
    if (heap.due(now)) trim(heap, now);
    if (now < watched + std::chrono::milliseconds(lively ? kWatchMs : kRestMs)) continue;
    watched = now;
    lively = watch(now);
  }
}

bool Acceptor::watch(base::Time now) {
  std::ignore = desk_->guests->watch(now);
  for (const std::string& address : desk_->guests->offenders()) table_->slow(address, now);
  return table_->watch(now) || !desk_->guests->rests();
}

bool Acceptor::let_in(base::Time now) {
  if (!table_->crowded()) return false;
  const bool rests = desk_->pulse->rests(now);
  const bool machine = !desk_->spare_time.scarce(now);
  if (table_->let_in({.grpc = rests, .machine = machine}, now) && rests) desk_->pulse->ask(now);
  return table_->crowded();
}

bool Acceptor::serve(std::uint64_t event, const std::stop_token& stop) {
  if (event >= kFirstConnection) {
    table_->heard(event - kFirstConnection, base::steady_now());
  } else if (event >= kFirstListener) {
    return accept_all(listeners_[event - kFirstListener].get(), stop);
  } else {
    eventfd_t times = 0;
    std::ignore = eventfd_read(wake_.get(), &times);
  }
  return true;
}

void Acceptor::admitted(const std::string& peer) {
  {
    const absl::MutexLock lock(&desk_->mutex);
    desk_->verdicts[peer] = Desk::Verdict::kAdmitted;
  }
  desk_->guests->admit(peer);  // at once: he goes on speaking
}

void Acceptor::refused(const std::string& peer) {
  const absl::MutexLock lock(&desk_->mutex);
  desk_->verdicts.emplace(peer, Desk::Verdict::kRefused);
}

void Acceptor::pass_on_verdicts() {
  std::map<std::string, Desk::Verdict> verdicts;
  {
    const absl::MutexLock lock(&desk_->mutex);
    verdicts.swap(desk_->verdicts);
  }
  const base::Time now = base::steady_now();
  for (const auto& [peer, verdict] : verdicts) {
    if (verdict == Desk::Verdict::kAdmitted) table_->vouch(peer, now);
    if (verdict == Desk::Verdict::kRefused) table_->refuse(peer);
  }
}

bool Acceptor::accept_all(int listener, const std::stop_token& stop) {
  if (!spare_.valid()) spare_ = open_spare();
  while (!stop.stop_requested()) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    base::FileDescriptor fd(
        accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      take(std::move(fd), peer, {reinterpret_cast<const char*>(&peer), size});
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN) return true;
    if (errno != EMFILE && errno != ENFILE) {
      desk_->metrics->failed_accepts.fetch_add(1);
      base::log(LogLevel::kError, "cannot_accept", {{"why", error_text(errno)}});
      return false;
    }
    const int error = turn_one_away(listener);
    if (error == EAGAIN) return true;
    if (error != 0) desk_->metrics->failed_accepts.fetch_add(1);
    base::log(LogLevel::kError, "out_of_file_descriptors",
              {{"caller", error == 0 ? "turned_away" : "waits"}});
    if (error != 0) return false;
  }
  return true;
}

void Acceptor::take(base::FileDescriptor fd, const sockaddr_storage& peer, std::string raw_peer) {
  const std::string text = peer_text(peer);
  const int number = fd.get();
  pass_on_verdicts();
  auto socket = std::make_unique<ConnectionSocket>(std::move(fd), std::move(raw_peer), text,
                                                   desk_->hand_over, *desk_->guests);
  const auto id = table_->add(text, std::move(socket), base::steady_now());
  if (id) std::ignore = listen_to(epoll_, number, EPOLLIN | EPOLLET, kFirstConnection + *id);
}

int Acceptor::turn_one_away(int listener) {
  spare_.reset();
  base::FileDescriptor caller(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  const int error = caller.valid() ? 0 : errno;
  if (caller.valid()) desk_->metrics->turned(Turned::kNoDescriptors);  // before he notices
  caller.reset();
  spare_ = open_spare();
  return error;
}

}  // namespace comcat::server
