#include <array>
#include <atomic>
#include <cerrno>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "comcat/base/text_decoder.h"
#include "comcat/base/wake_event.h"
#include "comcat/client/console.h"

namespace comcat::client {
namespace {

constexpr std::size_t kMaxLineBytes = 8 * 1024;

class PipeConsole final : public Console {
 public:
  PipeConsole(int fd, Handler handler)
      : fd_(fd), handler_(std::move(handler)), thread_([this] { run(); }) {}
  ~PipeConsole() override { stop(); }

  void set_prompt(const std::string& /*prompt*/) override {}
  void set_status(const Status& /*status*/) override {}
  void offer(std::vector<std::string> /*names*/) override {}

  bool ask_secret(const std::string& /*prompt*/) override { return false; }
  void want_talk_key(bool /*wanted*/) override {}
  void resume() override {
    has_turn_ = true;
    wake_.set();
  }

  void stop() override {
    stopping_ = true;
    wake_.set();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    while (wait_for_turn()) {
      if (take_line()) continue;
      if (ended_) break;
      read_some();
    }
    if (stopping_) return;
    handler_.on_end();
  }

  /// False once stopped.
  bool wait_for_turn() {
    while (!stopping_ && !has_turn_) wait_for(-1);
    return !stopping_;
  }

  /// Waits for the wake-up, and for input from `fd` where it is one.
  bool wait_for(int fd) {
    std::array<pollfd, 2> fds{pollfd{wake_.fd(), POLLIN, 0}, pollfd{fd, POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0) return false;
    if (fds[0].revents != 0) wake_.clear();
    return fds[1].revents != 0;
  }

  void read_some() {
    if (!wait_for(fd_) || stopping_) return;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    ended_ = got <= 0;
    unread_ += ended_ ? decoder_.finish()
                      : decoder_.decode({buffer.data(), static_cast<std::size_t>(got)});
  }

  /// Gives the next whole line; false where there is none yet.
  bool take_line() {
    if (after_return_ && !unread_.empty()) {  // the rest of a break of Windows'
      if (unread_.front() == '\n') unread_.erase(0, 1);
      after_return_ = false;
    }
    const std::size_t end = unread_.find_first_of("\r\n");
    const bool whole = end != std::string::npos;
    if (whole) after_return_ = unread_[end] == '\r';
    const std::string_view part = std::string_view(unread_).substr(0, end);
    line_ += part.substr(0, kMaxLineBytes - line_.size());
    unread_.erase(0, whole ? end + 1 : unread_.size());
    const bool last = ended_ && !line_.empty();  // it needs no line break
    if (!whole && !last) return false;
    has_turn_ = false;
    handler_.on_line(std::exchange(line_, {}));
    return true;
  }

  const int fd_;
  const Handler handler_;
  base::WakeEvent wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> has_turn_{true};
  base::TextDecoder decoder_;
  std::string unread_;  // text from which no line has been taken
  std::string line_;    // its beginning, at most kMaxLineBytes
  bool after_return_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Console> make_pipe_console(int fd, Console::Handler handler) {
  return std::make_unique<PipeConsole>(fd, std::move(handler));
}

}  // namespace comcat::client
