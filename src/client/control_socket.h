#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"
#include "comcat/base/wake_event.h"
#include "comcat/client/control_peer.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// A Unix socket through which other programs of the same user give commands to a client: a hotkey
/// daemon, a foot switch. Each line is a command, and is answered by one line of JSON.
///
/// Threads    one of its own from start() on, which calls `on_line` and waits for no peer; answer()
///            and resume() from any other.
/// Pace       one line at a time, at least kPause after the one before it, and the next one after
///            resume(); whose line it is takes turns. What waits, waits in the kernel.
/// Capacity   kMostPeers; one more takes the place of whoever has been silent for longest.
/// Files      the socket has mode 0600, and goes with the object. Peers of other users but root are
///            hung up on.
class ControlSocket {
 public:
  static constexpr std::size_t kMostPeers = 8;
  static constexpr std::chrono::milliseconds kPause{10};

  /// `ticket`: for answer().
  using OnLine = std::function<void(std::uint64_t ticket, std::string line)>;

  /// Listens, and answers nobody yet. A sentence for the user where that is not possible.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<ControlSocket>> create(
      const std::string& path, OnLine on_line);
  /// Writes the answers that can be written at once.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  void start();
  /// The one answer to a line; dropped where its peer has gone.
  void answer(std::uint64_t ticket, std::string line);
  /// The next line may come.
  void resume();

 private:
  struct Peer {
    base::FileDescriptor fd;
    ControlPeer talk;
    base::Time heard_at{};
    std::uint64_t ticket = 0;  // of its last line
  };
  using Peers = std::list<Peer>;

  ControlSocket(std::string path, base::FileDescriptor listener, OnLine on_line);

  void run();
  void deliver();
  void give_line(base::Time now);
  /// Waits for what the peers do, and does it.
  void wait(base::Time now);
  [[nodiscard]] int patience_ms(base::Time now) const;
  void accept_one(base::Time now);
  static void serve(Peer& peer, short events, base::Time now);
  static void read_from(Peer& peer, base::Time now);
  static void write_to(Peer& peer);

  const std::string path_;
  const std::pair<dev_t, ino_t> file_;  // that it made at `path_`
  const base::FileDescriptor listener_;
  const OnLine on_line_;
  base::WakeEvent wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> has_turn_{true};
  absl::Mutex mutex_;
  std::vector<std::pair<std::uint64_t, std::string>> answers_ ABSL_GUARDED_BY(mutex_);
  // The thread's.
  Peers peers_;  // who has had no turn for longest first
  std::uint64_t last_ticket_ = 0;
  base::Time line_at_{};    // the next line may be given
  base::Time accept_at_{};  // the next peer may come
  std::thread thread_;
};

}  // namespace comcat::client
