#include "starting_terminal.h"

#include <algorithm>

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "comcat/base/signals.h"

namespace comcat::apps {

StartingTerminal::StartingTerminal() {
  if (base::starts_ignored(SIGHUP)) return;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const pid_t session = ::tcgetsid(stream);  // -1 where it is not the controlling terminal
    if (session >= 0 && session == ::getsid(0)) streams_.push_back(stream);
  }
}

bool StartingTerminal::is_closed() const {
  return std::ranges::any_of(streams_, [](int stream) { return ::isatty(stream) == 0; });
}

}  // namespace comcat::apps
