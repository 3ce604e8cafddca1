#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "comcat/rpc/bytes.h"
#include "comcat/rpc/completion.h"
#include "comcat/transport/peer.h"
#include "comcat/transport/trust.h"
#include "comcat/transport/write_hold.h"

#include "address_race.h"

namespace comcat::transport {

/// One attempt at a call: where the host is a name, an AddressRace at first; then a channel of its
/// own (so gRPC's own reconnecting never mixes with ours) and one bidirectional stream of
/// serialised messages on the given completion queue.
///
/// Every operation that is started comes back from the queue as an rpc::Completion, exactly once,
/// whatever happens; completing it calls the handler.
/// Threads    the one that waits on the queue.
/// Ownership  the owner's, who destroys it in on_ended() or after, no sooner: until then gRPC holds
///            operations of it.
class GrpcCall {
 public:
  /// Who is told how it goes. `ok` is gRPC's: false where the call has ended.
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_started(bool ok) = 0;
    /// The server's metadata are there: header() tells them. From now on there may be reads. They
    /// come before its first message or with it, or there are none and the call has ended.
    virtual void on_headers() = 0;
    virtual void on_read(bool ok) = 0;
    virtual void on_written(bool ok) = 0;
    /// The finish has come back, and nothing is outstanding any more. The last call.
    virtual void on_ended() = 0;
  };
  struct Options {
    base::Address address;
    std::string passcode;
    std::string host_passcode;
    std::chrono::milliseconds keepalive_time{5'000};
    std::chrono::milliseconds keepalive_timeout{5'000};
    std::shared_ptr<CertificateJudge> judge;  // null: plaintext
  };

  /// `queue` and `handler` are the owner's and outlive it.
  GrpcCall(const Options& options, grpc::CompletionQueue& queue, Handler& handler);

  void start();
  void read_headers();
  void read();
  void write(const std::string& bytes);
  /// No more writes: the server sees the end of the stream and says goodbye.
  void half_close();
  void finish();
  void cancel();
  /// Ends the connection, if there is one, so that the call ends soon. Threads: any.
  void cut() { hold_.cut(); }

  /// What the server's metadata say under `key`; "" where that is nothing.
  [[nodiscard]] std::string header(const char* key) const;
  /// Whom it is connected to, its host a number; nothing where gRPC does not say.
  [[nodiscard]] std::optional<base::Address> peer() const { return parse_peer(context_.peer()); }
  [[nodiscard]] bool writing() const { return written_.pending(); }
  /// Lets go of gRPC's own writes that have waited for long enough.
  void step(base::Time now) { hold_.step(now); }
  [[nodiscard]] base::Time next_deadline() const { return hold_.next_deadline(); }
  /// Of the connection.
  [[nodiscard]] Backlog backlog() const { return hold_.backlog(); }
  /// The message that the last read brought; nothing where it cannot be read.
  [[nodiscard]] std::optional<rpc::Contiguous> received() const {
    return rpc::Contiguous::of(read_buffer_);
  }
  /// The server's last word, once the call has ended.
  [[nodiscard]] const grpc::Status& status() const { return status_; }

  /// For rpc::Operation.
  void settle();

 private:
  /// Begins the stream at `at`, which is where the options' address was found to be.
  void connect(const base::Address& at);
  void on_found(bool ok);
  void on_started(bool ok);
  void on_headers(bool ok);
  void on_read(bool ok);
  void on_written(bool ok);
  void on_half_closed(bool ok);
  void on_finished(bool ok);
  grpc::ClientContext context_;
  WriteHold hold_;
  const Options options_;
  std::optional<AddressRace> race_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::CompletionQueue& queue_;
  Handler& handler_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer read_buffer_;
  grpc::Status status_;
  bool finished_ = false;
  rpc::Operation<GrpcCall> found_{*this, &GrpcCall::on_found};
  rpc::Operation<GrpcCall> started_{*this, &GrpcCall::on_started};
  rpc::Operation<GrpcCall> headers_{*this, &GrpcCall::on_headers};
  rpc::Operation<GrpcCall> read_{*this, &GrpcCall::on_read};
  rpc::Operation<GrpcCall> written_{*this, &GrpcCall::on_written};
  rpc::Operation<GrpcCall> half_closed_{*this, &GrpcCall::on_half_closed};
  rpc::Operation<GrpcCall> finishing_{*this, &GrpcCall::on_finished};
};

}  // namespace comcat::transport
