#include "deadly_signals.h"

#include <cstring>
#include <iterator>
#include <tuple>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include "comcat/client/console.h"

#include "held_keys.h"
#include "job_control.h"

namespace comcat::client {
namespace {

/// Those of the default action "terminate" or "core" that nothing else of the client answers; the
/// real-time signals, whose numbers are known only as it runs, are more of them.
constexpr int kDeadly[] = {SIGQUIT,   SIGILL,  SIGTRAP, SIGABRT, SIGBUS,   SIGFPE,
                           SIGSEGV,   SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU,  SIGPROF,
                           SIGVTALRM, SIGIO,   SIGPWR,  SIGSYS,  SIGSTKFLT};

void say(const char* words) {
  std::ignore = ::write(STDOUT_FILENO, words, std::strlen(words));
}

std::vector<int> deadly() {
  std::vector<int> all(std::begin(kDeadly), std::end(kDeadly));
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) all.push_back(signal);
  return all;
}

/// The default action comes once it has returned: the signal is held back until then.
void give_terminal_back(int signal) {
  if (JobControl::in_foreground()) {
    restore_terminal();
    say("\r\033[J\033[?2004l");  // the line being typed, the status; brackets of pastes
    say(held_keys_off());
  }
  std::ignore = ::raise(signal);
}

}  // namespace

DeadlySignals::DeadlySignals() {
  for (const int signal : deadly()) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) continue;
    struct sigaction action {};
    action.sa_handler = &give_terminal_back;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    if (::sigaction(signal, &action, nullptr) == 0) handled_.push_back(signal);
  }
}

DeadlySignals::~DeadlySignals() {
  for (const int signal : handled_) ::signal(signal, SIG_DFL);
}

}  // namespace comcat::client
