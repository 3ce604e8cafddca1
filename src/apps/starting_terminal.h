#pragma once

#include <vector>

namespace comcat::apps {

/// The terminal from which the program was started, if it was started from one that may take it
/// along when it is closed. The kernel takes a closed terminal from its processes before it sends
/// them SIGHUP: a SIGHUP that finds the terminal still there was sent by somebody.
/// Threads    any, once made.
class StartingTerminal {
 public:
  /// To be made before the program changes what SIGHUP does.
  StartingTerminal();

  /// Never true under nohup, nor without a terminal.
  [[nodiscard]] bool is_closed() const;

 private:
  std::vector<int> streams_;  // those of 0, 1 and 2 that were the terminal
};

}  // namespace comcat::apps
