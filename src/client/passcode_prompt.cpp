#include "comcat/client/passcode_prompt.h"

#include <array>
#include <cerrno>

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/write.h"

namespace comcat::client {
namespace {

using base::write_fully;

constexpr std::size_t kMaxTypedBytes = 4096;

/// Signals that would end the program, held back and readable from a file descriptor instead, so
/// that the terminal is never left without echo.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
      sigaddset(&signals, number);
    }
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
    // Other threads, gRPC's of a call before, hold back only those that end a call.
    for (std::size_t i = 0; i < kOfTerminal.size(); ++i) {
      terminal_before_[i] = ::signal(kOfTerminal[i], SIG_IGN);
    }
    fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC));
  }
  ~HeldSignals() {
    signalfd_siginfo info{};
    // What ended the question is answered by its caller, not by the default action.
    if (arrived_) [[maybe_unused]]
      const ssize_t got = ::read(fd_.get(), &info, sizeof info);
    fd_.reset();  // before the signals may come again
    for (std::size_t i = 0; i < kOfTerminal.size(); ++i) {
      ::signal(kOfTerminal[i], terminal_before_[i]);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  [[nodiscard]] int fd() const { return fd_.get(); }
  void note_arrival() { arrived_ = true; }

 private:
  static constexpr std::array kOfTerminal{SIGQUIT, SIGTSTP};

  sigset_t before_{};
  std::array<sighandler_t, kOfTerminal.size()> terminal_before_{};
  base::FileDescriptor fd_;
  bool arrived_ = false;
};

class EchoOff {
 public:
  EchoOff() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;  // the user sees that Enter was taken
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~EchoOff() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

std::optional<std::string> ask_passcode(const std::string& prompt) {
  HeldSignals signals;
  const EchoOff echo_off;
  write_fully(STDERR_FILENO, prompt);
  std::string typed;
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals.fd(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return std::nullopt;
    if (fds[1].revents != 0) {
      signals.note_arrival();
      write_fully(STDERR_FILENO, "\n");
      return std::nullopt;
    }
    if (fds[0].revents == 0) continue;
    std::array<char, 256> buffer{};
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) {  // Ctrl+D
      write_fully(STDERR_FILENO, "\n");
      return std::nullopt;
    }
    typed.append(buffer.data(), static_cast<std::size_t>(got));
    const std::size_t end = typed.find_first_of("\r\n");
    if (end != std::string::npos) return typed.substr(0, end);
    if (typed.size() > kMaxTypedBytes) return typed;
  }
}

}  // namespace comcat::client
