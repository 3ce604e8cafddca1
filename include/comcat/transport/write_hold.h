#pragma once

#include <atomic>
#include <chrono>
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
/// The kernel's own bound is no use: it lets go after a retransmission time-out, which is 200 ms on
/// a short way, but many seconds after an outage. A ping that waits for so long ends a connection
/// that is well. So whoever reads messages looks after it (step()), and nothing is held where none
/// have come lately.
///
/// Delay      none for what is written before flush(); anything else (window updates, pings) waits
///            for at most 250 ms where step() is called, and where messages come, 200.
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

  /// A message of so many bytes has been read: what answers it waits, and leaves before the server
  /// has to wait for it.
  void received(std::size_t bytes, base::Time now);

  /// What has been written leaves now: call it whenever a write of ours has come back, and write
  /// with WriteOptions::set_write_through(), so that it comes back after it has reached the socket.
  void flush(base::Time now);

  /// Lets go of what has waited for long enough; nothing is held until the next message is read.
  void step(base::Time now);
  /// When step() is due; base::Time::max() while nothing is held.
  [[nodiscard]] base::Time next_deadline() const;

  /// Ends the connection, whatever the server still sends or does not read: gRPC waits for a server
  /// that reads nothing, and has no time while one sends without end.
  void cut();

  /// Zero where there is no connection. Threads: any.
  [[nodiscard]] Backlog backlog() const;

 private:
  static constexpr std::chrono::milliseconds kLongest{200};
  static constexpr std::chrono::milliseconds kLate{50};  // who reads often lets go without step()

  std::shared_ptr<HeldSocket> socket_;
  std::atomic<std::size_t> unanswered_bytes_{0};
  std::atomic<base::Time> until_{base::Time::max()};  // it holds; max: it does not
};

}  // namespace comcat::transport
