#include "comcat/client/printer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/write.h"

namespace comcat::client {
namespace {

/// A descriptor for pipes and terminals whose O_NONBLOCK is nobody else's; none for what has no
/// such thing. A file is always ready, and opened anew would be written from its beginning.
base::FileDescriptor opened_anew(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || S_ISREG(info.st_mode)) return {};
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return base::FileDescriptor(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

Printer::Printer(int fd, OnFull on_full) : fd_(fd), on_full_(std::move(on_full)) {}

Printer::~Printer() {
  stop();
}

void Printer::print(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  const bool had_room = waiting_.size() < kMaxWaitingBytes;
  waiting_ += text + "\n";
  if (had_room && waiting_.size() >= kMaxWaitingBytes && on_full_) on_full_(true);
  if (wake_) {
    wake_();
  } else if (!thread_.joinable()) {
    own_ = opened_anew(fd_);
    thread_ = std::thread([this] { run(); });
  }
  changed_.notify_all();
}

bool Printer::is_full() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() >= kMaxWaitingBytes;
}

void Printer::attach(std::function<void()> wake) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_idle(); });
  wake_ = std::move(wake);
}

void Printer::detach() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  if (!waiting_.empty() && !thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

std::string Printer::take() {
  const std::lock_guard lock(mutex_);
  return taken();
}

std::string Printer::taken() {
  if (waiting_.size() >= kMaxWaitingBytes && on_full_) on_full_(false);
  return std::exchange(waiting_, {});
}

void Printer::hurry() {
  const std::lock_guard lock(mutex_);
  hurried_ = true;
  changed_.notify_all();
}

void Printer::finish() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_idle() || hurried_; });
    changed_.wait_for(lock, kLastPatience, [this] { return is_idle(); });
  }
  stop();
}

void Printer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  stop_.set();
  if (thread_.joinable()) thread_.join();
  own_.reset();
}

// ---- the thread

void Printer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || (!wake_ && !waiting_.empty()); });
    if (stopping_) return;
    std::string text = taken();
    writing_ = true;
    lock.unlock();
    write(std::move(text));
    lock.lock();
    writing_ = false;
    changed_.notify_all();
  }
}

void Printer::write(std::string text) {
  const int fd = own_.valid() ? own_.get() : fd_;
  for (std::string_view rest = text; !rest.empty() && wait_to_write();) {
    // What says that it is ready takes as much without a wait.
    const ssize_t n = ::write(fd, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
    if (n < 0 && errno != EAGAIN && errno != EINTR) return complain(errno);
    rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  }
}

/// A reader who has gone wants to know nothing; whoever keeps the output in a file does.
void Printer::complain(int error) {
  if (error == EPIPE || error == EIO || std::exchange(complained_, true)) return;
  base::write_fully(
      STDERR_FILENO,
      "comcat-client: standard output cannot be written and what it misses is lost: " +
          std::system_category().message(error) + "\n");
}

/// False once stopped.
bool Printer::wait_to_write() {
  std::array<pollfd, 2> fds{pollfd{stop_.fd(), POLLIN, 0}, pollfd{fd_, POLLOUT, 0}};
  ::poll(fds.data(), fds.size(), -1);
  return fds[0].revents == 0;
}

}  // namespace comcat::client
