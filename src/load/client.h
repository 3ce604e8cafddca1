#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "comcat/load/listener.h"
#include "comcat/load/options.h"
#include "comcat/rpc/completion.h"
#include "comcat/transport/write_hold.h"
#include "comcat/wire/messages.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "datagram_end.h"
#include "receiver.h"

namespace comcat::load {

/// Who wants to know how clients fare. Called on the receiving threads.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void joined(std::size_t client, const wire::Welcome& welcome) = 0;
  /// The last word of a client that has been started; `welcomed`: it had joined.
  virtual void ended(std::size_t client, bool welcomed, const absl::Status& status) = 0;
};

/// One caller without sound: a connection and a stream of its own.
///
/// Threads    what the receiver's queue hands back completes on its thread; the rest on any.
/// Ownership  lives until the receiver has been joined.
class Client {
 public:
  struct Seat {
    std::size_t index = 0;
    std::string name;  // both empty: a client of the original protocol
    std::string room;
    bool datagrams = false;  // takes the server's offer of them
    base::Address server;
  };

  Client(Seat seat, const Options& options,
         const std::shared_ptr<grpc::ChannelCredentials>& credentials, Receiver& receiver,
         Listener& listener, Observer& observer);

  /// Connects and joins.
  void start();

  /// Sends a frame, or queues it behind the one that is being sent.
  void say(const wire::VoiceUp& voice);

  /// From now on sends this frame again and again, as fast as the connection takes it.
  void flood(const wire::VoicePacket& frame) ABSL_LOCKS_EXCLUDED(mutex_);

  /// No message is taken from the stream until resume().
  void pause();
  void resume();

  /// Says goodbye; the observer hears of the end.
  void leave();
  /// Ends at once.
  void cancel();

 private:
  void on_started(bool ok);
  void on_read(bool ok);
  void on_written(bool ok);
  void on_left(bool ok);
  void on_finished(bool ok);

  void take(const grpc::ByteBuffer& message);
  void begin_datagrams(wire::Welcome& welcome) ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] std::shared_ptr<DatagramEnd> datagrams() ABSL_LOCKS_EXCLUDED(mutex_);
  void read_next();
  void send(const std::string& request) ABSL_LOCKS_EXCLUDED(mutex_);
  void write_next() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void finish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Seat seat_;
  Listener& listener_;
  Receiver& receiver_;
  Observer& observer_;
  const std::string passcode_;
  const std::unique_ptr<transport::WriteHold> hold_;  // may be null
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer incoming_;
  grpc::Status status_;
  bool welcomed_ = false;  // the receiving thread's
  rpc::Operation<Client> started_{*this, &Client::on_started};
  rpc::Operation<Client> read_{*this, &Client::on_read};
  rpc::Operation<Client> written_{*this, &Client::on_written};
  rpc::Operation<Client> left_{*this, &Client::on_left};
  rpc::Operation<Client> finished_{*this, &Client::on_finished};

  absl::Mutex mutex_;
  std::shared_ptr<DatagramEnd> datagrams_ ABSL_GUARDED_BY(mutex_);  // null: all by the stream
  std::deque<grpc::ByteBuffer> outbox_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::ByteBuffer> flood_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = true;  // until the call has started
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool parked_ ABSL_GUARDED_BY(mutex_) = false;  // paused, and no read is under way
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comcat::load
