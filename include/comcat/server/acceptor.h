#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/server/connection_table.h"
#include "comcat/server/doorman.h"
#include "comcat/server/guest_table.h"
#include "comcat/server/metrics.h"
#include "comcat/server/pulse.h"

#include "absl/status/statusor.h"

namespace comcat::server {

struct AcceptorOptions {
  /// As --listen has it: host:port, [v6]:port or :port, several between commas; port 0 picks one.
  std::string listen = ":50051";
  ConnectionLimits limits;
};

/// Listens and accepts in gRPC's stead: gRPC 1.51's own listener never accepts again once a process
/// has run out of file descriptors (CVE-2023-4785). Here a spare descriptor is given up to turn the
/// caller away, and accepting goes on. Also the place for limits that apply before anybody is
/// admitted, which a ConnectionTable keeps and the kernel (TcpGate): who comes is handed over only
/// once its first bytes are there, and its turn has come.
///
/// Threads    its own; `hand_over` is called on it. admitted() and refused() from any.
///            stop() and the destructor join it. The rest from the owner's. Not to be moved once
///            started.
class Acceptor final : public Doorman {
 public:
  /// Takes over a connected, non-blocking socket.
  using HandOver = std::function<void(base::FileDescriptor)>;

  /// Binds; kInvalidArgument or kUnavailable with one sentence where it cannot.
  [[nodiscard]] static absl::StatusOr<Acceptor> bind(const AcceptorOptions& options);

  Acceptor(Acceptor&&) noexcept;
  Acceptor& operator=(Acceptor&&) noexcept;
  ~Acceptor() override;

  /// Counts in `metrics` whom it does not hand over; they must outlive it. `post` has the thread
  /// that serves those whom it does run a task: while that is busy, strangers wait. It tells
  /// `guests`, which it watches, of those whom it does; they must outlive it as well.
  void start(HandOver hand_over, Pulse::Post post, GuestTable& guests, Metrics& metrics);
  /// Accepts nobody any more.
  void stop();

  // Doorman
  void admitted(const std::string& peer) override;
  void refused(const std::string& peer) override;

  /// Shuts down every connection that is still open: a peer that reads nothing would otherwise keep
  /// gRPC waiting for its last write. After stop().
  void disconnect_all();

  /// The addresses it listens on, between commas, with the ports that were picked.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// That of the first.
  [[nodiscard]] int port() const { return port_; }

 private:
  struct Desk;  // what others use of it, which stays in its place when it is moved

  explicit Acceptor(const ConnectionLimits& limits);
  void add(base::FileDescriptor listener);
  [[nodiscard]] bool listen_to_all();
  void run(const std::stop_token& stop);
  /// Looks at all whom it has let in, and at strangers; false where that may be late the next time.
  [[nodiscard]] bool watch(base::Time now);
  /// True where strangers wait to be let in.
  [[nodiscard]] bool let_in(base::Time now);
  /// False where somebody waits who could be neither accepted nor turned away.
  [[nodiscard]] bool serve(std::uint64_t event, const std::stop_token& stop);
  [[nodiscard]] bool accept_all(int listener, const std::stop_token& stop);
  void take(base::FileDescriptor fd, const sockaddr_storage& peer, std::string raw_peer);
  /// 0, or the errno with which it failed: EAGAIN where nobody waits.
  [[nodiscard]] int turn_one_away(int listener);
  /// Tells the table of all who were admitted or refused since it was told last.
  void pass_on_verdicts();

  std::string address_;
  int port_ = 0;
  std::vector<base::FileDescriptor> listeners_;
  base::FileDescriptor wake_;  // eventfd
  base::FileDescriptor epoll_;
  base::FileDescriptor spare_;  // given up when there are no others
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<ConnectionTable> table_;  // once started: its thread's, and after stop() ours
  std::jthread thread_;
};

}  // namespace comcat::server
