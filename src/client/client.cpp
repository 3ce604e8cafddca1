#include "comcat/client/client.h"

#include <poll.h>
#include <unistd.h>

#include "comcat/base/write.h"
#include "comcat/client/console.h"
#include "comcat/client/signals.h"

#include "client_loop.h"
#include "held_keys.h"
#include "line_text.h"

namespace comcat::client {
namespace {

using Kind = Ending::Kind;

constexpr int kInterrupted = 130;  // as a shell calls a program that SIGINT ended

std::string reason(Kind kind) {
  switch (kind) {
    case Kind::kStopped:
      return "stopped";
    case Kind::kUsage:
      return "usage";
    case Kind::kRefused:
      return "refused";
    case Kind::kFull:
      return "full";
    case Kind::kUnreachable:
      return "unreachable";
    case Kind::kSoundDevice:
      break;
  }
  return "sound_device";
}

/// So that the shell's prompt does not follow ours on one line. A terminal that takes nothing now
/// (Ctrl+S, a network that hangs) is left alone: whoever is in a hurry does not wait for it. Pastes
/// are no longer bracketed either, and keys that are let go are told to nobody.
void wipe_prompt() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  if (!can_edit_lines() || ::poll(&out, 1, 0) != 1 || (out.revents & POLLOUT) == 0) return;
  base::write_fully(STDOUT_FILENO, "\r\033[J\033[?2004l");
  base::write_fully(STDOUT_FILENO, held_keys_off());
}

}  // namespace

Report closed_report(const Ending& ending) {
  const bool stopped = ending.kind == Kind::kStopped;
  return Report("closed", stopped ? "you left the call" : ending.sentence)
      .with("reason", reason(ending.kind));
}

Ending run_client(const ClientOptions& options) {
  remember_terminal();
  use_utf8();
  ClientLoop loop(options);
  // Blocks the signals before any thread has started, and watches them until the last has ended.
  const SignalWatcher signals({[&loop] { return loop.drop_typed_line(); },
                               [&loop] { loop.request_stop(); },
                               [] {
                                 restore_terminal();
                                 wipe_prompt();
                                 ::_exit(kInterrupted);
                               }});
  return loop.run();
}

}  // namespace comcat::client
