#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "comcat/base/address.h"
#include "comcat/base/clock.h"
#include "comcat/base/wake_event.h"
#include "comcat/transport/datagram_course.h"
#include "comcat/transport/path_status.h"
#include "comcat/transport/udp_socket.h"
#include "comcat/wire/voice_packet.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "route_watch.h"

namespace comcat::transport {

/// The datagrams of one welcome: the socket, and a thread that reads it, sends what is due and
/// watches this machine's routes. Voice leaves on the thread that has it, as a thread in between
/// would delay it; the lock is held for a sealing and a system call that never waits.
///
/// Threads    one of its own, which calls the hooks; the functions may be called from any.
/// Ownership  what the hooks call outlives the path. After the destructor nothing is called.
class DatagramPath final : private DatagramCourse::Exit {
 public:
  struct Hooks {
    std::function<void(wire::VoicePackets)> on_voice;
    /// To be sent to the server by the stream; called while the path is locked.
    std::function<void(const datagram::Report&)> report;
    /// Another way up or down, or another phase.
    std::function<void()> on_change;
  };

  /// An error where there is no socket to be had.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<DatagramPath>> open(
      const base::Address& server, const DatagramCourse::Options& options, Hooks hooks);
  ~DatagramPath() override;
  DatagramPath(const DatagramPath&) = delete;
  DatagramPath& operator=(const DatagramPath&) = delete;

  /// As DatagramCourse::say().
  datagram::Way say(const wire::VoicePacket& packet) ABSL_LOCKS_EXCLUDED(mutex_);
  void told(const datagram::Report& report) ABSL_LOCKS_EXCLUDED(mutex_);
  void heard_by_stream() ABSL_LOCKS_EXCLUDED(mutex_);
  /// As DatagramCourse::queue(), now.
  [[nodiscard]] base::Duration queue() const ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] PathStatus status() const ABSL_LOCKS_EXCLUDED(mutex_);

  /// Another welcome has come: what is still under way is heard, and nothing is sent any more.
  void retire() { retired_.store(true, std::memory_order_relaxed); }

 private:
  DatagramPath(UdpSocket socket, const DatagramCourse::Options& options, Hooks hooks);

  // ---- Exit
  void send(datagram::Bytes datagram) override;
  void report(const datagram::Report& report) override;

  // ---- of the thread
  void run(const std::stop_token& stop);
  void wait();
  void look_at_routes(base::Time now) ABSL_LOCKS_EXCLUDED(mutex_);
  void read_all(base::Time now) ABSL_LOCKS_EXCLUDED(mutex_);
  void tell_change() ABSL_LOCKS_EXCLUDED(mutex_);

  /// Has the thread wake in time for what is due now.
  void hurry() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] PathStatus look() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const UdpSocket socket_;
  const Hooks hooks_;
  base::WakeEvent wake_;
  std::atomic<bool> retired_{false};
  mutable absl::Mutex mutex_;
  DatagramCourse course_ ABSL_GUARDED_BY(mutex_);
  base::Time waits_until_ ABSL_GUARDED_BY(mutex_){};
  datagram::Way down_ ABSL_GUARDED_BY(mutex_) = datagram::Way::kStream;  // lately
  // The thread's own.
  RouteWatch routes_;
  std::string source_;
  PathStatus told_;
  std::jthread thread_;
};

}  // namespace comcat::transport
