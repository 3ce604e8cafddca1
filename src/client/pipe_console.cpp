#include <array>
#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "comcat/client/console.h"
#include "comcat/client/wake_event.h"

namespace comcat::client {
namespace {

constexpr std::size_t kMaxLineBytes = 8 * 1024;

class PipeConsole final : public Console {
 public:
  PipeConsole(int fd, Handler handler)
      : fd_(fd), handler_(std::move(handler)), thread_([this] { run(); }) {}
  ~PipeConsole() override { stop(); }

  void set_prompt(const std::string& /*prompt*/) override {}

  void stop() override {
    stopping_ = true;
    wake_.set();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    while (wait() && read_some()) {
    }
    if (stopping_) return;
    if (!line_.empty()) give_line();  // the last line needs no line break
    handler_.on_end();
  }

  /// False once stopped.
  bool wait() {
    std::array<pollfd, 2> fds{pollfd{fd_, POLLIN, 0}, pollfd{wake_.fd(), POLLIN, 0}};
    while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
    }
    return !stopping_;
  }

  /// False at the end of the input.
  bool read_some() {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    for (ssize_t i = 0; i < got && !stopping_; ++i) {
      const char c = buffer[static_cast<std::size_t>(i)];
      if (c == '\n') {
        give_line();
      } else if (line_.size() < kMaxLineBytes) {
        line_ += c;
      }
    }
    return got > 0;
  }

  void give_line() { handler_.on_line(std::exchange(line_, {})); }

  const int fd_;
  const Handler handler_;
  WakeEvent wake_;
  std::atomic<bool> stopping_{false};
  std::string line_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Console> make_pipe_console(int fd, Console::Handler handler) {
  return std::make_unique<PipeConsole>(fd, std::move(handler));
}

}  // namespace comcat::client
