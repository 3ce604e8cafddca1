#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "comcat/transport/trust.h"
#include "comcat/transport/write_hold.h"

namespace comcat::transport {

/// One attempt at a call: a channel of its own (so gRPC's own reconnecting never mixes with ours)
/// and one bidirectional stream of serialised messages on the given completion queue.
///
/// Every operation that is started comes back from the queue as a Tag, exactly once, whatever
/// happens; the owner hands it to done(). The object may go when finished() says so: with no
/// operation outstanding.
/// Threads: the one that waits on the queue.
class GrpcCall {
 public:
  enum class Operation : std::size_t { kStart, kRead, kWrite, kHalfClose, kFinish };
  struct Tag {
    GrpcCall* call = nullptr;
    Operation operation = Operation::kStart;
  };
  struct Options {
    base::Address address;
    std::string passcode;
    std::chrono::milliseconds keepalive_time{10'000};
    std::chrono::milliseconds keepalive_timeout{5'000};
    std::shared_ptr<CertificateJudge> judge;  // null: plaintext
  };

  GrpcCall(const Options& options, grpc::CompletionQueue& queue);

  void start();
  void read();
  void write(const std::string& bytes);
  /// No more writes: the server sees the end of the stream and says goodbye.
  void half_close();
  void finish();
  void cancel() { context_.TryCancel(); }

  /// Takes note that `operation` came back.
  void done(Operation operation);

  [[nodiscard]] bool writing() const { return outstanding(Operation::kWrite); }
  /// The message that a read brought, valid until the next read().
  [[nodiscard]] std::optional<std::string> received() const;
  /// The server's last word, once the finish has come back.
  [[nodiscard]] const grpc::Status& status() const { return status_; }
  /// Finished, and nothing outstanding.
  [[nodiscard]] bool finished() const;

 private:
  [[nodiscard]] bool outstanding(Operation operation) const {
    return outstanding_[static_cast<std::size_t>(operation)];
  }
  [[nodiscard]] Tag* begin(Operation operation);

  grpc::ClientContext context_;
  WriteHold hold_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue& queue_;  // the owner's
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer read_buffer_;
  grpc::Status status_;
  bool answered_ = false;  // a read has come back
  bool finished_ = false;
  std::array<Tag, 5> tags_;
  std::array<bool, 5> outstanding_{};
};

}  // namespace comcat::transport
