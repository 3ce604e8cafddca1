#include "job_control.h"

#include <atomic>
#include <cerrno>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "comcat/base/signals.h"
#include "comcat/base/wake_event.h"

namespace comcat::client {
namespace {

std::atomic<bool> stop_wanted{false};
std::atomic<bool> has_continued{false};

/// For the handler, which may do no more than write to it; as long as the program.
base::WakeEvent& wake() {
  static auto* const event = new base::WakeEvent;
  return *event;
}

void note(int signal) {
  const int before = errno;
  (signal == SIGTSTP ? stop_wanted : has_continued) = true;
  wake().set();
  errno = before;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

JobControl::JobControl() {
  wake();
  if (!base::starts_ignored(SIGTSTP)) handle(SIGTSTP, &note);
  handle(SIGCONT, &note);
}

JobControl::~JobControl() {
  if (!base::starts_ignored(SIGTSTP)) handle(SIGTSTP, SIG_DFL);
  handle(SIGCONT, SIG_DFL);
}

int JobControl::fd() const {
  return wake().fd();
}

JobControl::Wish JobControl::take() {
  wake().clear();
  return {stop_wanted.exchange(false), has_continued.exchange(false)};
}

void JobControl::stop() {
  handle(SIGTSTP, SIG_DFL);
  ::pthread_kill(::pthread_self(), SIGTSTP);
  handle(SIGTSTP, &note);
}

bool JobControl::in_foreground() {
  const pid_t owner = ::tcgetpgrp(STDIN_FILENO);
  return owner < 0 || owner == ::getpgrp();
}

}  // namespace comcat::client
