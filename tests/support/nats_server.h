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
  /// On the machine that `inside` names, where it has `address`.
  NatsServer(const std::vector<std::string>& flags, std::string address, Process::Options inside);

  [[nodiscard]] std::string url() const {
    return "nats://" + address_ + ":" + std::to_string(port_);
  }
  [[nodiscard]] int port() const { return port_; }
  Process& process() { return *process_; }

  /// SIGKILL; nobody listens on the port any more once it returns.
  void kill();
  /// Another one on the same port.
  void start_again(const std::vector<std::string>& flags = {});

 private:
  const std::string address_ = "127.0.0.1";
  const Process::Options inside_;
  TemporaryDirectory directory_;
  std::unique_ptr<Process> process_;
  int port_ = -1;
};

}  // namespace comcat::testing
