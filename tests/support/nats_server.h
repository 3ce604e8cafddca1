#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace comcat::testing {

/// A real nats-server of the test's own, on a free port of the loopback interface.
class NatsServer {
 public:
  explicit NatsServer(const std::vector<std::string>& flags = {});

  [[nodiscard]] std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int port() const { return port_; }
  Process& process() { return *process_; }

  /// SIGKILL; nobody listens on the port any more once it returns.
  void kill();
  /// Another one on the same port.
  void start_again(const std::vector<std::string>& flags = {});

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<Process> process_;
  int port_ = -1;
};

}  // namespace comcat::testing
