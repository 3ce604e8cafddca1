#pragma once

#include <chrono>
#include <thread>

#include <grpcpp/grpcpp.h>

#include "comcat/load/listener.h"

#include "datagram_receiver.h"

namespace comcat::load {

/// A thread with a completion queue, another for datagrams, and what its clients have heard.
/// Threads    the owner's.
class Receiver {
 public:
  Receiver();
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] grpc::CompletionQueue& queue() { return queue_; }
  [[nodiscard]] DatagramReceiver& datagrams() { return datagrams_; }
  [[nodiscard]] Tally& tally() { return tally_; }
  [[nodiscard]] std::chrono::nanoseconds cpu();

  /// Drains the queue and ends the thread; its clients have ended before.
  void join();

 private:
  void run();

  grpc::CompletionQueue queue_;
  Tally tally_;
  DatagramReceiver datagrams_;
  std::thread thread_;
};

/// The processor time that a running thread has used.
[[nodiscard]] std::chrono::nanoseconds cpu_of(std::thread::native_handle_type thread);

}  // namespace comcat::load
