#include "comcat/client/signals.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "comcat/base/signals.h"

namespace comcat::client {
namespace {

int block_and_open() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM}) sigaddset(&signals, number);
  if (!base::starts_ignored(SIGHUP)) sigaddset(&signals, SIGHUP);
  sigset_t blocked = signals;
  sigaddset(&blocked, SIGWINCH);  // the terminal console takes it in its own way
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  const int fd = ::signalfd(-1, &signals, SFD_CLOEXEC);
  if (fd < 0) std::abort();
  return fd;
}

}  // namespace

SignalWatcher::SignalWatcher(Handler handler)
    : handler_(std::move(handler)), signal_fd_(block_and_open()) {
  thread_ = std::thread([this] { run(); });
}

SignalWatcher::~SignalWatcher() {
  wake_.set();
  thread_.join();
}

void SignalWatcher::run() {
  for (bool stopping = false;;) {
    std::array<pollfd, 2> fds{pollfd{signal_fd_.get(), POLLIN, 0}, pollfd{wake_.fd(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
    if (fds[1].revents != 0) return;
    if (fds[0].revents == 0) continue;
    signalfd_siginfo info{};
    if (::read(signal_fd_.get(), &info, sizeof info) != sizeof info) continue;
    const bool is_key = info.ssi_signo == SIGINT && info.ssi_code == SI_KERNEL;
    if (is_key && !stopping && handler_.on_key()) continue;
    if (!std::exchange(stopping, true)) {
      handler_.on_stop();
    } else if (info.ssi_signo != SIGHUP) {  // a shell repeats the one of a closed terminal
      handler_.on_hurry();
    }
  }
}

}  // namespace comcat::client
