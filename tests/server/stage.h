#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "comcat/server/admission.h"
#include "comcat/server/doorman.h"
#include "comcat/server/hub.h"
#include "comcat/server/metrics.h"

#include "server/shard.h"

namespace comcat::server {

struct StageOptions {
  HubOptions hub;
  AdmissionOptions admission;
  DatagramPaths* datagrams = nullptr;  // outlive the stage
};

/// One shard behind a real gRPC server on loopback: what the program has, without its acceptor, so
/// that callers on the wire meet a Shard, its Calls and its Health in this process.
///
/// Threads    a test's one thread.
class Stage {
 public:
  using Options = StageOptions;
  static constexpr std::chrono::seconds kPatience{20};

  explicit Stage(Options options = {});
  ~Stage();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] Shard& shard() { return *shard_; }
  /// A channel of its own to the server, without TLS.
  [[nodiscard]] std::shared_ptr<grpc::Channel> connect() const;

  /// Runs `task` on the shard's thread and waits for its end; false where that takes too long.
  bool on_shard(const std::function<void()>& task);
  /// Waits until `holds`, asked on the shard's thread again and again, and for at most kPatience.
  bool await(const std::function<bool()>& holds);

  /// Ends the server and then the shard, without a farewell. Once.
  void stop();

 private:
  /// Lets everybody stay.
  class Porter final : public Doorman {
    void admitted(const std::string& /*peer*/) override {}
    void refused(const std::string& /*peer*/) override {}
  };

  Porter doorman_;
  Metrics metrics_;
  GuestTable guests_{{}, metrics_};
  RawService service_;
  HealthService health_;
  int port_ = 0;
  std::unique_ptr<Shard> shard_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace comcat::server
