#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/server/connection_table.h"
#include "comcat/server/metrics.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::server {

struct AcceptorOptions {
  /// As --listen has it: host:port, [v6]:port or :port, several between commas; port 0 picks one.
  std::string listen = ":50051";
  ConnectionLimits limits;
};

/// Listens and accepts in gRPC's stead: gRPC 1.51's own listener never accepts again once a process
/// has run out of file descriptors (CVE-2023-4785). Here a spare descriptor is given up to turn the
/// caller away, and accepting goes on. Also the place for limits that apply before any handshake,
/// which a ConnectionTable keeps, and for socket options: what is sent late is bounded in the
/// kernel as well.
///
/// Threads    its own; `hand_over` is called on it. vouch() from any. stop() and the destructor
///            join it. The rest from the owner's. Not to be moved once started.
class Acceptor {
 public:
  /// Takes over a connected, non-blocking socket.
  using HandOver = std::function<void(base::FileDescriptor)>;

  /// Binds; kInvalidArgument or kUnavailable with one sentence where it cannot.
  [[nodiscard]] static absl::StatusOr<Acceptor> bind(const AcceptorOptions& options);

  Acceptor(Acceptor&&) = default;
  Acceptor& operator=(Acceptor&&) = default;
  ~Acceptor();

  /// Counts in `metrics` whom it does not hand over; they must outlive it.
  void start(HandOver hand_over, Metrics& metrics);
  /// Accepts nobody any more.
  void stop();

  /// The connection from `peer` (as gRPC writes it: "ipv4:192.0.2.1:4000") is a stranger's no more.
  void vouch(const std::string& peer);

  /// Shuts down every connection that is still open: a peer that reads nothing would otherwise keep
  /// gRPC waiting for its last write. After stop().
  void disconnect_all();

  /// The addresses it listens on, between commas, with the ports that were picked.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// That of the first.
  [[nodiscard]] int port() const { return port_; }

 private:
  struct Vouched {
    absl::Mutex mutex;
    std::set<std::string> peers ABSL_GUARDED_BY(mutex);  // each once, however many its streams
  };

  explicit Acceptor(const ConnectionLimits& limits) : limits_(limits) {}
  void add(base::FileDescriptor listener);
  void run(const HandOver& hand_over, const std::stop_token& stop);
  /// False where somebody waits who could be neither accepted nor turned away.
  [[nodiscard]] bool accept_all(int listener, const HandOver& hand_over,
                                const std::stop_token& stop);
  void take(base::FileDescriptor fd, const sockaddr_storage& peer, std::string raw_peer,
            const HandOver& hand_over);
  /// 0, or the errno with which it failed: EAGAIN where nobody waits.
  [[nodiscard]] int turn_one_away(int listener);
  /// Tells the table of all who were vouched for since it was told last.
  void pass_on_vouched();

  ConnectionLimits limits_;
  std::string address_;
  int port_ = 0;
  std::vector<base::FileDescriptor> listeners_;
  base::FileDescriptor wake_;               // eventfd
  base::FileDescriptor spare_;              // given up when there are no others
  std::unique_ptr<ConnectionTable> table_;  // once started: its thread's, and after stop() ours
  std::unique_ptr<Vouched> vouched_ = std::make_unique<Vouched>();
  Metrics* metrics_ = nullptr;
  std::jthread thread_;
};

}  // namespace comcat::server
