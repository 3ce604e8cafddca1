#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace comcat::testing {

/// A real comcat-server on a port of its own choice, passcode "hunter2", plaintext unless `tls`,
/// with a state directory that goes with it.
class ServerProcess {
 public:
  explicit ServerProcess(const std::vector<std::string>& flags = {}, bool tls = false,
                         const Process::Options& options = {});

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }
  Process& process() { return *process_; }

  /// Waits for a log line that holds `text`.
  [[nodiscard]] bool logs(const std::string& text) {
    return process_->wait_for_line(Process::kErr, text).has_value();
  }

  /// The same, or that one has come already, be it before it listened.
  [[nodiscard]] bool has_logged(const std::string& text) {
    return process_->output(Process::kErr).find(text) != std::string::npos || logs(text);
  }

  /// SIGTERM; the exit code.
  [[nodiscard]] int stop();

 private:
  TemporaryDirectory state_;
  std::unique_ptr<Process> process_;
  int port_ = 0;
  std::string fingerprint_;
};

}  // namespace comcat::testing
