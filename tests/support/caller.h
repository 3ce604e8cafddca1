#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <grpcpp/grpcpp.h>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "calling.grpc.pb.h"

namespace comcat::testing {

/// The event that a response is; an empty one where it is none. A Caller keeps each of several
/// that came in one message as a response of its own.
[[nodiscard]] const Event& event_of(const ServerRES& response);

/// A bare client on real gRPC, written from calling.proto alone: it sends what a test tells it to
/// and keeps what comes, so that tests see exactly what is on the wire.
///
/// Threads    a test's one thread calls it; a thread of its own reads.
class Caller {
 public:
  using Hear = std::function<void(const ServerRES&)>;
  struct Options {
    int port = 0;
    std::optional<std::string> passcode = "hunter2";
    bool tls = false;       // whatever certificate the server has
    bool reading = true;    // false: it never reads, as a stalled listener
    std::string from{};     // the address in 127.0.0.0/8 to call from; empty: 127.0.0.1
    Hear hear{};            // called for each response by the reading thread, which keeps none then
    int segment_bytes = 0;  // of TCP; 0: loopback's 64 KiB. Not with `tls`
  };
  using Match = std::function<bool(const ServerRES&)>;
  static constexpr std::chrono::seconds kPatience{20};

  explicit Caller(const Options& options);
  /// Cancels the call, as a client that is killed.
  ~Caller();

  /// Sends a hello and waits for the welcome.
  [[nodiscard]] std::optional<ServerSignal> hello(const std::string& name,
                                                  const std::string& room = "",
                                                  unsigned features = 1,
                                                  std::chrono::milliseconds timeout = kPatience);
  /// The nonce in the server's metadata, which it waits for; "" where the call ends without.
  [[nodiscard]] std::string nonce();
  bool send(const ClientREQ& request);
  bool send_voice(const std::string& opus, unsigned sequence = 1, unsigned level = 20);
  /// Bytes that gRPC carries as one message, whatever they are.
  bool send_raw(const std::string& bytes);

  /// The first response, after the one returned last, that matches; the others are dropped.
  /// Nothing when the stream or the time ends before.
  [[nodiscard]] std::optional<ServerRES> wait_for(const Match& match,
                                                  std::chrono::milliseconds timeout = kPatience);
  [[nodiscard]] std::optional<ServerRES> wait_for_voice();

  /// For a caller made with `reading` false: reads from now on.
  void start_reading();

  /// Half-closes, as a client that stops.
  void stop_sending();
  void cancel() { context_.TryCancel(); }
  /// Ends the connection as a network that breaks. For a caller made with `from`.
  void cut();
  /// True once nothing comes any more.
  [[nodiscard]] bool ended();

  /// The status the server ended the stream with. Waits for it.
  [[nodiscard]] grpc::Status status();

 private:
  using Stream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  void read_all();
  void keep_nonce() ABSL_LOCKS_EXCLUDED(mutex_);
  void keep(ServerRES response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Hear hear_;
  const int socket_;  // of a caller made with `from`; -1
  grpc::ClientContext context_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Stream> stream_;
  absl::Mutex mutex_;
  std::deque<ServerRES> received_ ABSL_GUARDED_BY(mutex_);
  std::optional<std::string> nonce_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> status_;
  std::thread reader_;
};

}  // namespace comcat::testing
