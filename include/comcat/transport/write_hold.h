#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "comcat/base/clock.h"

namespace grpc {
class ChannelArguments;
}

namespace comcat::transport {

class HeldSocket;

/// How long what has been written to a connection waits, as TCP knows it.
struct Backlog {
  base::Duration unsent{};      // until it leaves, at the rate at which others did lately
  base::Duration on_the_way{};  // in queues: by how much a round trip has grown above the shortest
};

/// Holds back what a gRPC client sends of its own accord, until there is something of ours to send,
/// a quarter of the window is used up, or 200 ms have passed.
///
/// A gRPC 1.51 client answers every message that it reads with two WINDOW_UPDATE frames in a write
/// of their own. To the server each such answer is a wake-up, a read and, under TLS, a record to
/// decrypt: a quarter of what a delivered voice frame costs it. No channel argument changes that,
/// but the answers can wait: held, they gather in the kernel (TCP_CORK) and leave together.
///
/// Delay      none for what is written before flush(); anything else (window updates, pings) waits
///            for at most 200 ms, which is the kernel's own bound.
/// Threads    any; nothing here waits.
/// Ownership  may go before the channel or after it.
class WriteHold {
 public:
  /// What the server may send ahead of our reading; the stream's lookahead must be set to it. About
  /// as much as eight voices of 128 kbit/s are in 120 ms: less would slow them down on a long way,
  /// more would hide more old voice from a listener who stalls.
  static constexpr int kWindowBytes = 16 * 1024;

  WriteHold();
  ~WriteHold();
  WriteHold(const WriteHold&) = delete;
  WriteHold& operator=(const WriteHold&) = delete;

  /// Has the channel that is created with `arguments` tell which socket it connects. Where gRPC is
  /// another version than it was written for, nothing is ever held.
  void attach(grpc::ChannelArguments& arguments);

  /// The connection stands and the server has answered: hold from now on.
  void begin();

  /// What has been written leaves now: call it whenever a write of ours has come back, and write
  /// with WriteOptions::set_write_through(), so that it comes back after it has reached the socket.
  void flush();

  /// Ends the connection, whatever the server still sends or does not read: gRPC waits for a server
  /// that reads nothing, and has no time while one sends without end.
  void cut();

  /// Zero where there is no connection. Threads: any.
  [[nodiscard]] Backlog backlog() const;

  /// A message of so many bytes has been read: the answers leave before the server has to wait for
  /// them.
  void received(std::size_t bytes);

 private:
  std::shared_ptr<HeldSocket> socket_;
  std::atomic<std::size_t> unanswered_bytes_{0};
};

}  // namespace comcat::transport
