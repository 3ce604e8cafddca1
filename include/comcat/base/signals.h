#pragma once

#include <signal.h>

namespace comcat::base {

/// Whether whoever started the program lets it ignore `number`, as nohup does with SIGHUP.
/// Threads: any, before the program itself changes what `number` does.
[[nodiscard]] inline bool starts_ignored(int number) {
  struct sigaction inherited {};
  return sigaction(number, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN;
}

}  // namespace comcat::base
