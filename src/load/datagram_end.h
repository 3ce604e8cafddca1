#pragma once

#include <atomic>
#include <functional>

#include "comcat/base/clock.h"
#include "comcat/load/listener.h"
#include "comcat/transport/datagram_course.h"
#include "comcat/transport/udp_socket.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::load {

/// The datagrams of one caller.
/// Threads    serve() from the thread that receives datagrams; the rest from any.
/// Ownership  what `report` calls outlives it.
class DatagramEnd final : private transport::DatagramCourse::Exit {
 public:
  /// Sends a report to the server by the stream.
  using SendReport = std::function<void(const datagram::Report&)>;

  DatagramEnd(transport::UdpSocket socket, const transport::DatagramCourse::Options& options,
              Listener& listener, SendReport report);

  /// Sends it where voice goes by datagrams; false where the stream has to take it, too.
  [[nodiscard]] bool say(const wire::VoicePacket& packet) ABSL_LOCKS_EXCLUDED(mutex_);
  void told(const datagram::Report& report) ABSL_LOCKS_EXCLUDED(mutex_);
  /// Reads nothing from now on, or does again.
  void set_paused(bool paused) { paused_.store(paused, std::memory_order_relaxed); }

  [[nodiscard]] int fd() const { return socket_.fd(); }
  /// Reads what has come, and sends what is due.
  void serve() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void send(datagram::Bytes datagram) override { socket_.send(datagram); }
  void report(const datagram::Report& report) override { report_(report); }
  void read(base::Time now) ABSL_LOCKS_EXCLUDED(mutex_);

  const transport::UdpSocket socket_;
  const SendReport report_;
  Listener& listener_;
  std::atomic<bool> paused_{false};
  absl::Mutex mutex_;
  transport::DatagramCourse course_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::load
