#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/socket.h>

#include "comcat/base/clock.h"
#include "comcat/server/metrics.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::server {

/// A file descriptor that closes itself.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  [[nodiscard]] int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct AcceptorOptions {
  std::string listen = "0.0.0.0:50051";  // host:port, [v6]:port; port 0 picks one
  std::size_t max_connections = 1024;
  std::size_t max_connections_per_address = 64;
  // What a connection may do before vouch() is called for it.
  std::chrono::milliseconds stranger_patience = std::chrono::seconds(70);
  std::uint64_t stranger_bytes = 64UL * 1024;
};

/// Listens and accepts in gRPC's stead: gRPC 1.51's own listener never accepts again once a process
/// has run out of file descriptors (CVE-2023-4785). Here a spare descriptor is given up to turn the
/// caller away, and accepting goes on. Also the place for limits that apply before any handshake
/// and for socket options: what is sent late is bounded in the kernel as well.
///
/// A connection for which nobody has vouched is a stranger's. gRPC 1.51 lets it hold memory and a
/// place for as long as it likes: its limits of streams and metadata hold only for peers who have
/// acknowledged them. So strangers are watched from outside, by the bytes that the kernel counted:
/// who sends more than `stranger_bytes`, or is still one after `stranger_patience`, is cut. When
/// there are `max_connections`, the address with the most strangers loses its oldest to a newcomer
/// from an address that has fewer.
///
/// Threads    its own; `hand_over` is called on it. vouch() from any. stop() and the destructor
///            join it. The rest from the owner's. Not to be moved once started.
class Acceptor {
 public:
  /// Takes over a connected, non-blocking socket.
  using HandOver = std::function<void(FileDescriptor)>;

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

  /// The address it listens on, with the port that was picked.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] int port() const { return port_; }

 private:
  struct Connection {
    int fd = -1;
    std::string peer;  // raw sockaddr bytes: tells whether `fd` is still this connection
    std::string port;
    base::Time accepted;
    bool stranger = true;
  };
  struct Vouched {
    absl::Mutex mutex;
    std::set<std::string> peers ABSL_GUARDED_BY(mutex);  // each once, however many its streams
  };

  explicit Acceptor(const AcceptorOptions& options) : options_(options) {}
  void run(const HandOver& hand_over, const std::stop_token& stop);
  /// False where somebody waits who could be neither accepted nor turned away.
  [[nodiscard]] bool accept_all(const HandOver& hand_over, const std::stop_token& stop);
  void take(FileDescriptor fd, const sockaddr_storage& peer, std::string raw_peer,
            const HandOver& hand_over);
  /// 0, or the errno with which it failed: EAGAIN where nobody waits.
  [[nodiscard]] int turn_one_away();
  /// Nothing where one more from `address` is within the limits, else which one is used up.
  [[nodiscard]] std::optional<Turned> limit_reached(const std::string& address);
  static void forget_closed(std::vector<Connection>& connections);
  /// Cuts strangers who have had enough; true where some are left.
  [[nodiscard]] bool watch_strangers(base::Time now);
  void greet_vouched();
  /// Cuts a stranger in favour of one from `address`; false where that would not be fair.
  [[nodiscard]] bool make_room_for(const std::string& address);
  void cut(const std::string& address, const Connection& stranger, std::string_view why);

  AcceptorOptions options_;
  std::string address_;
  int port_ = 0;
  FileDescriptor listener_;
  FileDescriptor wake_;   // eventfd
  FileDescriptor spare_;  // given up when there are no others
  std::map<std::string, std::vector<Connection>> by_address_;
  std::size_t connections_ = 0;
  std::unique_ptr<Vouched> vouched_ = std::make_unique<Vouched>();
  Metrics* metrics_ = nullptr;
  std::jthread thread_;
};

}  // namespace comcat::server
