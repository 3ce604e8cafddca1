#include "admin_socket.h"

#include <cerrno>
#include <cstring>
#include <optional>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "comcat/base/text.h"

#include "listening_socket.h"

namespace comcat::server {
namespace {

constexpr int kBacklog = 8;

absl::Status cannot(const std::string& path, const std::string& why) {
  return absl::UnavailableError("cannot listen on the admin socket " + base::safe_text(path) +
                                ": " + why + "; give another with --admin_socket, or none: ''");
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

base::FileDescriptor unix_socket() {
  return base::FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Makes way for a new socket; "" where there is way, else what is in it.
std::string clear_way(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return errno == ENOENT ? "" : error_text(errno);
  if (!S_ISSOCK(found.st_mode)) return "something else is there";
  const base::FileDescriptor probe = unix_socket();
  if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return "another server listens there";
  }
  if (errno != ECONNREFUSED) return error_text(errno);
  return unlink(path.c_str()) == 0 || errno == ENOENT ? "" : error_text(errno);
}

}  // namespace

absl::StatusOr<base::FileDescriptor> listen_on_unix_socket(const std::string& path) {
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address) return cannot(path, "its path is longer than 107 bytes");
  if (const std::string why = clear_way(path, *address); !why.empty()) return cannot(path, why);
  base::FileDescriptor listener = unix_socket();
  // The mode of the socket is that of its descriptor when it is bound, less the umask, so that
  // nobody can connect in a moment between.
  if (!listener.valid() || fchmod(listener.get(), 0600) != 0 ||
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0 ||
      listen(listener.get(), kBacklog) != 0) {
    return cannot(path, error_text(errno));
  }
  return listener;
}

bool is_own_peer(int fd) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

}  // namespace comcat::server
