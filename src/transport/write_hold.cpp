#include "comcat/transport/write_hold.h"

#include <optional>
#include <utility>

#include <fcntl.h>
#include <grpc/support/sync.h>
#include <grpcpp/grpcpp.h>
#include <linux/tcp.h>  // netinet/tcp.h has less in tcp_info
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"

// gRPC lets a program see the sockets it makes (ChannelArguments::SetSocketMutator), but installs
// no header for it. These are the declarations of src/core/lib/iomgr/socket_mutator.h of 1.51; the
// function is exported by libgrpc.
struct grpc_mutate_socket_info {
  int fd;
  int usage;
};
struct grpc_socket_mutator_vtable {
  bool (*mutate_fd)(int fd, grpc_socket_mutator* mutator);
  int (*compare)(grpc_socket_mutator* a, grpc_socket_mutator* b);
  void (*destroy)(grpc_socket_mutator* mutator);
  bool (*mutate_fd_2)(const grpc_mutate_socket_info* info, grpc_socket_mutator* mutator);
};
struct grpc_socket_mutator {
  const grpc_socket_mutator_vtable* vtable;
  gpr_refcount refcount;
};
void grpc_socket_mutator_init(grpc_socket_mutator* mutator,
                              const grpc_socket_mutator_vtable* vtable);

namespace comcat::transport {
namespace {

constexpr const char* kKnownVersion = "1.51.";

}  // namespace

/// A file descriptor of our own for the channel's socket, so that the number cannot come to mean
/// another one; gRPC's shutdown(2) ends the connection all the same.
class HeldSocket {
 public:
  void replace(int fd) {
    const absl::MutexLock lock(&mutex_);
    fd_.reset(fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }

  void set(int option, int value) {
    const absl::MutexLock lock(&mutex_);
    if (!fd_.valid()) return;
    std::ignore = setsockopt(fd_.get(), IPPROTO_TCP, option, &value, sizeof(value));
  }

  [[nodiscard]] std::optional<tcp_info> info() const {
    const absl::MutexLock lock(&mutex_);
    tcp_info out{};
    socklen_t size = sizeof(out);
    const bool known =
        fd_.valid() && getsockopt(fd_.get(), IPPROTO_TCP, TCP_INFO, &out, &size) == 0;
    return known ? std::optional(out) : std::nullopt;
  }

  void shut() {
    const absl::MutexLock lock(&mutex_);
    if (fd_.valid()) std::ignore = shutdown(fd_.get(), SHUT_RDWR);
  }

 private:
  mutable absl::Mutex mutex_;
  base::FileDescriptor fd_ ABSL_GUARDED_BY(mutex_);
};

namespace {

/// gRPC's view of a HeldSocket. Counted by gRPC, which destroys it with the last channel.
struct Mutator final : grpc_socket_mutator {
  explicit Mutator(std::shared_ptr<HeldSocket> its_socket)
      : grpc_socket_mutator{}, socket(std::move(its_socket)) {
    static constexpr grpc_socket_mutator_vtable kTable = {nullptr, compare, destroy, see};
    grpc_socket_mutator_init(this, &kTable);
  }

  static int compare(grpc_socket_mutator* a, grpc_socket_mutator* b) {
    return std::less<>()(a, b) ? -1 : static_cast<int>(a != b);
  }
  static void destroy(grpc_socket_mutator* mutator) { delete static_cast<Mutator*>(mutator); }
  static bool see(const grpc_mutate_socket_info* info, grpc_socket_mutator* mutator) {
    static_cast<Mutator*>(mutator)->socket->replace(info->fd);
    return true;
  }

  std::shared_ptr<HeldSocket> socket;
};

}  // namespace

WriteHold::WriteHold() : socket_(std::make_shared<HeldSocket>()) {}

WriteHold::~WriteHold() = default;

void WriteHold::attach(grpc::ChannelArguments& arguments) {
  if (!absl::StartsWith(grpc::Version(), kKnownVersion)) return;
  arguments.SetSocketMutator(new Mutator(socket_));
}

void WriteHold::received(std::size_t bytes, base::Time now) {
  const std::size_t unanswered = unanswered_bytes_ += bytes;
  if (until_.load() == base::Time::max()) {
    socket_->set(TCP_CORK, 1);
    until_ = now + kLongest;
  } else if (unanswered > kWindowBytes / 4 || now >= until_.load()) {
    flush(now);
  }
}

void WriteHold::flush(base::Time now) {
  unanswered_bytes_ = 0;
  if (until_.load() == base::Time::max()) return;
  socket_->set(TCP_NODELAY, 1);  // pushes what waits, and the cork stays
  until_ = now + kLongest;
}

void WriteHold::step(base::Time now) {
  if (now < next_deadline()) return;
  unanswered_bytes_ = 0;
  until_ = base::Time::max();
  socket_->set(TCP_CORK, 0);
}

base::Time WriteHold::next_deadline() const {
  const base::Time until = until_.load();
  return until == base::Time::max() ? until : until + kLate;
}

void WriteHold::cut() {
  socket_->shut();
}

Backlog WriteHold::backlog() const {
  const std::optional<tcp_info> tcp = socket_->info();
  if (!tcp) return {};
  Backlog out;
  if (tcp->tcpi_rtt > tcp->tcpi_min_rtt) {
    out.on_the_way = std::chrono::microseconds(tcp->tcpi_rtt - tcp->tcpi_min_rtt);
  }
  // What is unsent for another reason is held by the cork.
  const bool window_is_full = tcp->tcpi_unacked >= tcp->tcpi_snd_cwnd;
  if (window_is_full && tcp->tcpi_delivery_rate > 0) {
    out.unsent = std::chrono::microseconds(std::uint64_t{tcp->tcpi_notsent_bytes} * 1'000'000 /
                                           tcp->tcpi_delivery_rate);
  }
  return out;
}

}  // namespace comcat::transport
