#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace comcat::test {

/// A program that a test runs beside itself. It dies with the test, however that ends.
class Child {
 public:
  /// `command[0]` is looked up in PATH; null where it is not there. `environment` is added to ours,
  /// what it prints is thrown away, and its standard input stays open until close_input().
  [[nodiscard]] static std::unique_ptr<Child> start(
      const std::vector<std::string>& command,
      const std::map<std::string, std::string>& environment = {});

  /// Asks it to go (SIGTERM), then makes it (SIGKILL), and waits until it is gone.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void close_input();
  /// Closes its input, which asks comcat's programs to stop, and waits as wait() does.
  [[nodiscard]] std::optional<int> finish(
      std::chrono::milliseconds timeout = std::chrono::seconds(20));
  void send(int signal) const;

  /// Its exit code (or 128 + signal) once it has ended; nothing if it still runs after `timeout`.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds timeout);

 private:
  Child(pid_t pid, int handle, int input) : pid_(pid), handle_(handle), input_(input) {}

  const pid_t pid_;
  const int handle_;  // a pidfd, ours
  int input_;         // writes to its standard input, ours; -1 once closed
  std::optional<int> ended_;
};

}  // namespace comcat::test
