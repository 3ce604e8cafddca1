#include "comcat/client/passcode_prompt.h"

#include <array>
#include <cerrno>

#include <poll.h>
#include <pthread.h>
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
    fd_.reset();  // before the signals may come again
    for (std::size_t i = 0; i < kOfTerminal.size(); ++i) {
      ::signal(kOfTerminal[i], terminal_before_[i]);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Stops the program as Ctrl+Z does, unless whoever started it wants that ignored; returns once
  /// it continues.
  void stop() {
    if (terminal_before_[kStop] == SIG_IGN) return;
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    ::signal(SIGTSTP, SIG_DFL);
    pthread_kill(pthread_self(), SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    pthread_sigmask(SIG_BLOCK, &only, nullptr);
    ::signal(SIGTSTP, SIG_IGN);
  }
  /// The signal that has come: it is answered by whoever takes it, not by the default action.
  [[nodiscard]] int take() {
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                                : 0;
  }

 private:
  static constexpr std::array kOfTerminal{SIGQUIT, SIGTSTP};
  static constexpr std::size_t kStop = 1;

  sigset_t before_{};
  std::array<sighandler_t, kOfTerminal.size()> terminal_before_{};
  base::FileDescriptor fd_;
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

/// What is typed; nothing where the user gives up, or, with `stop` set, is to be asked again once
/// the program has been stopped and continues. The terminal is then as it was.
std::optional<std::string> ask_once(const std::string& prompt, HeldSignals& signals, bool& stop) {
  const EchoOff echo_off;
  write_fully(STDERR_FILENO, prompt);
  std::string typed;
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals.fd(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return std::nullopt;
    if (fds[1].revents != 0) {
      stop = signals.take() == SIGTSTP;
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

}  // namespace

std::optional<std::string> ask_passcode(const std::string& prompt) {
  HeldSignals signals;
  for (;;) {
    bool stop = false;
    std::optional<std::string> typed = ask_once(prompt, signals, stop);
    if (!stop) return typed;
    signals.stop();
  }
}

}  // namespace comcat::client
