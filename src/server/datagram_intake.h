#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"
#include "comcat/datagram/packet.h"
#include "comcat/datagram/replay_window.h"
#include "comcat/datagram/seal.h"
#include "comcat/server/metrics.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "datagram_address.h"
#include "datagram_sockets.h"

namespace comcat::server {

/// A datagram that authenticated and is no replay.
struct ArrivedDatagram {
  datagram::Header header;
  DatagramAddress from;
  std::size_t bytes = 0;  // as it came
  bool highest = false;   // it has the highest counter of its connection so far
  std::string body;
};

/// Receives the server's datagrams and opens them; what does not authenticate ends here,
/// unanswered. What is left is handed on in batches: voice, probes and echoes at once, reports with
/// those, or after kReportsWait.
///
/// Capacity   nothing waits here but reports; what comes faster than it is read, the kernel drops.
/// Threads    its own, which calls `hand_on`; start() and stop() from the owner's, admit() and
///            forget() from any.
class DatagramIntake {
 public:
  /// Serves a batch, and leaves no more of it than memory that may be used again. Returns when it
  /// is to be called once more, at the latest, be it without datagrams.
  using HandOn = std::function<base::Time(std::vector<ArrivedDatagram>&)>;
  static constexpr std::chrono::milliseconds kReportsWait{100};

  /// `sockets` and `metrics` outlive it.
  DatagramIntake(const std::vector<DatagramSocket>& sockets, Metrics& metrics);
  ~DatagramIntake();

  void start(HandOn hand_on);
  /// Nothing is handed on any more once it has returned.
  void stop();

  /// Datagrams of this connection are opened from now on. False where there is one of that number.
  [[nodiscard]] bool admit(std::uint32_t connection, datagram::Opener opener);
  void forget(std::uint32_t connection);

 private:
  /// What it knows of a connection.
  struct Known {
    explicit Known(datagram::Opener its_opener) : opener(std::move(its_opener)) {}
    datagram::Opener opener;
    datagram::ReplayWindow window;
  };
  struct Buffers;  // for one call of the kernel's

  void run(const std::stop_token& stop);
  /// Reads what there is of socket number `socket`, at most so much that others have their turn.
  void read(std::uint16_t socket, Buffers& buffers);
  void take_all(std::span<mmsghdr> messages, std::uint16_t socket) ABSL_LOCKS_EXCLUDED(mutex_);
  void take(datagram::Bytes bytes, const DatagramAddress& from)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void hand_on_due(base::Time now);
  [[nodiscard]] int wait_ms(base::Time now) const;

  const std::vector<DatagramSocket>& sockets_;
  Metrics& metrics_;
  HandOn hand_on_;
  base::FileDescriptor wake_;  // eventfd
  absl::Mutex mutex_;
  std::unordered_map<std::uint32_t, std::unique_ptr<Known>> known_ ABSL_GUARDED_BY(mutex_);
  std::vector<ArrivedDatagram> arrived_;   // the thread's
  base::Time due_at_ = base::Time::max();  // the thread's: when they are to be handed on
  std::jthread thread_;
};

}  // namespace comcat::server
