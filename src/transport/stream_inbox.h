#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "comcat/datagram/control.h"
#include "comcat/transport/stream_course.h"
#include "comcat/transport/voice_stream.h"
#include "comcat/transport/write_hold.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comcat::transport {

/// What other threads want of a stream's: that something is sent, that it leaves. The first such
/// wish since the last look() calls `ring`, which is to make the stream's thread look here.
///
/// Capacity   SendQueue's, and nothing while the inbox is shut: then voice is dropped and counted,
///            commands are refused.
/// Threads    any.
class StreamInbox {
 public:
  struct Wishes {
    bool leave = false;
    bool hang_up = false;  // at once
  };

  /// Shut at first.
  StreamInbox(SendQueue::Options queue, StreamCourse::Place place, std::function<void()> ring);

  // ---- of other threads
  void send_voice(const wire::VoicePacket& packet);
  [[nodiscard]] absl::Status send(const wire::Command& command);
  /// What has arrived of the server's datagrams. Not sent where there is no room for it: the next
  /// one says more.
  void send(const datagram::Report& report);
  [[nodiscard]] bool is_open() const { return open_.load(std::memory_order_acquire); }
  void set_place(StreamCourse::Place place);
  void leave();
  void hang_up();
  /// How long what is sent waits: here, and behind it in the network.
  [[nodiscard]] base::Duration waits() const;
  /// Fills in what was sent, dropped and queued.
  void add_to(VoiceStream::Stats& stats) const;

  // ---- of the stream's
  /// The server takes what is sent from now on.
  void open() { open_.store(true, std::memory_order_release); }
  /// It takes nothing any more; what waits is lost.
  void shut();
  /// Queues the request that tells the server what has come.
  void acknowledge(std::string request) { queue_.push_receipt(std::move(request)); }
  /// The next to write; no voice where the network has max_voice of it unsent.
  [[nodiscard]] std::optional<std::string> pop(const Backlog& network, base::Time now);
  /// Rings again for what is wished from now on.
  [[nodiscard]] Wishes look();
  /// One is in `room`, which is where to go from now on where one knew none.
  void arrive(const std::string& room);
  /// Where to go with the next hello.
  [[nodiscard]] StreamCourse::Place place() const;

 private:
  void ring();

  const std::function<void()> ring_;
  SendQueue queue_;
  std::atomic<base::Duration> network_waits_{};
  std::atomic<bool> open_{false};
  std::atomic<bool> rung_{false};
  std::atomic<std::uint64_t> unsent_frames_{0};
  mutable absl::Mutex mutex_;
  Wishes wishes_ ABSL_GUARDED_BY(mutex_);
  StreamCourse::Place place_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::transport
