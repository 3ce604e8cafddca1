#include <atomic>
#include <cstdlib>
#include <cstring>

#include <termios.h>
#include <unistd.h>

#include "comcat/client/console.h"

#include "job_control.h"

namespace comcat::client {
namespace {

termios remembered_state;
std::atomic<bool> is_remembered{false};

}  // namespace

bool can_edit_lines() {
  const char* const terminal = std::getenv("TERM");
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && terminal != nullptr &&
         *terminal != '\0' && std::strcmp(terminal, "dumb") != 0;
}

void remember_terminal() {
  if (::tcgetattr(STDIN_FILENO, &remembered_state) == 0) is_remembered = true;
}

void restore_terminal() {
  if (is_remembered && JobControl::in_foreground())
    ::tcsetattr(STDIN_FILENO, TCSANOW, &remembered_state);
}

}  // namespace comcat::client
