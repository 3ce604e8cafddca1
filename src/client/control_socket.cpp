#include "control_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/text.h"
#include "comcat/base/unix_socket.h"

namespace comcat::client {
namespace {

constexpr std::chrono::milliseconds kNoDescriptors{100};  // until it is tried again

/// Which file is at `path`; none: 0.
std::pair<dev_t, ino_t> file_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

bool is_passing(int error) {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControlSocket>> ControlSocket::create(const std::string& path,
                                                                     OnLine on_line) {
  absl::StatusOr<base::FileDescriptor> listener = base::listen_on_unix_socket(path);
  if (!listener.ok()) {
    return absl::InvalidArgumentError("cannot listen at --control " + base::safe_text(path) + ": " +
                                      std::string(listener.status().message()));
  }
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(path, *std::move(listener), std::move(on_line)));
}

ControlSocket::ControlSocket(std::string path, base::FileDescriptor listener, OnLine on_line)
    : path_(std::move(path)),
      file_(file_at(path_)),
      listener_(std::move(listener)),
      on_line_(std::move(on_line)) {}

ControlSocket::~ControlSocket() {
  stopping_ = true;
  wake_.set();
  if (thread_.joinable()) thread_.join();
  if (file_at(path_) == file_) ::unlink(path_.c_str());  // and not what came in its place
}

void ControlSocket::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void ControlSocket::answer(std::uint64_t ticket, std::string line) {
  {
    const absl::MutexLock lock(&mutex_);
    answers_.emplace_back(ticket, std::move(line));
  }
  wake_.set();
}

void ControlSocket::resume() {
  has_turn_ = true;
  wake_.set();
}

void ControlSocket::run() {
  pthread_setname_np(pthread_self(), "comcat-control");
  while (!stopping_) {
    deliver();
    peers_.remove_if([](const Peer& peer) { return peer.talk.is_done(); });
    give_line(base::steady_now());
    wait(base::steady_now());
  }
  deliver();
}

void ControlSocket::deliver() {
  std::vector<std::pair<std::uint64_t, std::string>> answers;
  {
    const absl::MutexLock lock(&mutex_);
    answers.swap(answers_);
  }
  for (const auto& answer : answers) {
    const auto peer = std::ranges::find(peers_, answer.first, &Peer::ticket);
    if (peer == peers_.end()) continue;
    peer->talk.answer(answer.second);
    write_to(*peer);
  }
}

void ControlSocket::give_line(base::Time now) {
  if (!has_turn_ || now < line_at_) return;
  const auto peer = std::ranges::find_if(peers_, [](const Peer& it) { return it.talk.has_line(); });
  if (peer == peers_.end()) return;
  peers_.splice(peers_.end(), peers_, peer);
  has_turn_ = false;
  line_at_ = now + kPause;
  peer->ticket = ++last_ticket_;
  on_line_(peer->ticket, peer->talk.take_line());
}

int ControlSocket::patience_ms(base::Time now) const {
  base::Time until = base::Time::max();
  const bool has_line =
      std::ranges::any_of(peers_, [](const Peer& it) { return it.talk.has_line(); });
  if (has_line && has_turn_) until = line_at_;
  if (accept_at_ > now) until = std::min(until, accept_at_);
  if (until == base::Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
  return static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count());
}

void ControlSocket::wait(base::Time now) {
  const int listener = now < accept_at_ ? -1 : listener_.get();
  std::array<pollfd, 2 + kMostPeers> fds{};
  fds[0] = {wake_.fd(), POLLIN, 0};
  fds[1] = {listener, POLLIN, 0};
  std::size_t count = 2;
  for (const Peer& peer : peers_) {
    // One that wants nothing is not looked at, so that its hanging up wakes nobody again and again.
    const int wanted = (peer.talk.wants_input() ? POLLIN : 0) |  //
                       (peer.talk.output().empty() ? 0 : POLLOUT);
    fds[count++] = {wanted == 0 ? -1 : peer.fd.get(), static_cast<short>(wanted), 0};
  }
  if (::poll(fds.data(), count, patience_ms(now)) < 0) return;
  if (fds[0].revents != 0) wake_.clear();
  const pollfd* its = &fds[2];
  for (Peer& peer : peers_) serve(peer, (its++)->revents, base::steady_now());
  if (fds[1].revents != 0) accept_one(base::steady_now());
}

void ControlSocket::accept_one(base::Time now) {
  base::FileDescriptor fd(
      ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.valid() && !is_passing(errno)) accept_at_ = now + kNoDescriptors;
  if (!fd.valid() || !base::is_own_peer(fd.get())) return;
  if (peers_.size() == kMostPeers) {
    peers_.erase(std::ranges::min_element(peers_, {}, &Peer::heard_at));
  }
  peers_.push_back({std::move(fd), {}, now, 0});
}

void ControlSocket::serve(Peer& peer, short events, base::Time now) {
  if (events == 0) return;
  if (!peer.talk.output().empty()) return write_to(peer);
  read_from(peer, now);
}

void ControlSocket::read_from(Peer& peer, base::Time now) {
  std::array<char, ControlPeer::kMaxReadBytes> buffer{};
  const ssize_t got = ::recv(peer.fd.get(), buffer.data(), buffer.size(), 0);
  if (got < 0 && is_passing(errno)) return;
  if (got <= 0) return peer.talk.end_input();
  peer.heard_at = now;
  peer.talk.receive({buffer.data(), static_cast<std::size_t>(got)});
}

void ControlSocket::write_to(Peer& peer) {
  const std::string_view output = peer.talk.output();
  const ssize_t sent = ::send(peer.fd.get(), output.data(), output.size(), MSG_NOSIGNAL);
  if (sent >= 0) return peer.talk.written(static_cast<std::size_t>(sent));
  if (!is_passing(errno)) peer.talk.drop_output();
}

}  // namespace comcat::client
