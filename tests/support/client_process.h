#pragma once

#include <string>
#include <vector>

#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {

/// A real comcat-client in a call on `server`, its console on a pipe.
class ClientProcess {
 public:
  ClientProcess(const ServerProcess& server, const std::string& name,
                const std::vector<std::string>& flags, const Process::Options& options = {});

  [[nodiscard]] Process& process() { return process_; }
  [[nodiscard]] bool prints(const std::string& text) {
    return process_.wait_for_line(Process::kOut, text).has_value();
  }
  void type(const std::string& line) { process_.write(line + "\n"); }

  /// Types stop; the exit code.
  [[nodiscard]] int stop();

 private:
  TemporaryDirectory state_;
  Process process_;
};

}  // namespace comcat::testing
