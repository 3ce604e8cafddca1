#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>

#include "comcat/wire/convert.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "support/certificates.h"

namespace comcat::testing {

/// A gRPC server in the test's process that does, call by call, what a script says: refuses, falls
/// silent, goes away in the middle. Real gRPC and real sockets, port 0, no time of its own.
///
/// Threads    the script runs on gRPC's threads, one for each call; what it shares with the test it
///            guards itself.
class ScriptedServer {
 public:
  class Call {
   public:
    /// The next request; nothing when the client has no more to say.
    [[nodiscard]] std::optional<wire::Request> read();
    /// Requests until one is a T; nothing when there is none.
    template <typename T>
    [[nodiscard]] std::optional<T> read_until() {
      while (std::optional<wire::Request> request = read()) {
        if (T* const wanted = std::get_if<T>(&*request)) return std::move(*wanted);
      }
      return std::nullopt;
    }
    /// The nonce that hellos have to sign, before anything else is written.
    void give_nonce(const std::string& nonce);
    /// What one of wire::encode_response() and friends made; other bytes are sent as they are.
    bool write(const std::string& bytes);
    /// Waits until the client has gone, or the server is destroyed.
    void wait_until_cancelled();
    [[nodiscard]] std::optional<std::string> passcode() const;
    [[nodiscard]] int number() const { return number_; }

   private:
    friend class ScriptedServer;
    grpc::ServerContext* context_ = nullptr;
    grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>* stream_ = nullptr;
    int number_ = 0;  // from 0
  };
  using Script = std::function<grpc::Status(Call& call)>;

  explicit ScriptedServer(Script script, std::optional<TestCertificate> tls = {}, int port = 0);
  ~ScriptedServer();

  [[nodiscard]] int port() const { return port_; }
  /// Calls that have reached the script.
  [[nodiscard]] int calls() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace comcat::testing
