#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "comcat/base/file_descriptor.h"

namespace comcat::testing {

/// A server of plaintext HTTP/2 made by hand, which does what no gRPC server would. One connection
/// after the other; each is greeted, and its request's headers awaited, before the script runs.
///
/// Threads    the script on one of the server's own.
class HostileServer {
 public:
  class Connection {
   public:
    explicit Connection(int fd) : fd_(fd) {}
    /// False once the client, or the test, has gone.
    bool send(const std::string& bytes);
    /// The headers of an answer, and in it `message`, which must be short.
    bool answer(const std::string& message);

   private:
    int fd_;
  };
  using Script = std::function<void(Connection& connection)>;

  explicit HostileServer(Script script);
  ~HostileServer();
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void run();
  [[nodiscard]] bool serve(int fd);

  const Script script_;
  base::FileDescriptor listener_;
  base::FileDescriptor stop_;  // an event: the test is over
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace comcat::testing
