#include "comcat/base/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace comcat::base {
namespace {

constexpr int kBacklog = 8;
constexpr const char* kNoPath = "a path has 1 to 107 bytes";

absl::Status cannot(const std::string& why) {
  return absl::UnavailableError(why);
}

std::string error_text(int error) {
  return std::system_category().message(error);
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

FileDescriptor unix_socket() {
  return FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool connects(const FileDescriptor& fd, const sockaddr_un& address) {
  return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

/// Makes way for a new socket; "" where there is way, else what is in it.
std::string clear_way(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return errno == ENOENT ? "" : error_text(errno);
  if (!S_ISSOCK(found.st_mode)) return "something else is there";
  if (found.st_uid != geteuid()) return "a socket of another user is there";
  // One whose queue of connections is full (EAGAIN) is listened on, too.
  if (connects(unix_socket(), address) || errno == EAGAIN) return "another program listens there";
  if (errno != ECONNREFUSED) return error_text(errno);
  return unlink(path.c_str()) == 0 || errno == ENOENT ? "" : error_text(errno);
}

}  // namespace

absl::StatusOr<FileDescriptor> listen_on_unix_socket(const std::string& path) {
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address) return cannot(kNoPath);
  if (const std::string why = clear_way(path, *address); !why.empty()) return cannot(why);
  FileDescriptor listener = unix_socket();
  // The mode of the socket is that of its descriptor when it is bound, less the umask, so that
  // nobody can connect in a moment between.
  if (!listener.valid() || fchmod(listener.get(), 0600) != 0 ||
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0 ||
      listen(listener.get(), kBacklog) != 0) {
    return cannot(error_text(errno));
  }
  return listener;
}

absl::StatusOr<FileDescriptor> connect_to_unix_socket(const std::string& path) {
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address) return cannot(kNoPath);
  FileDescriptor fd = unix_socket();
  if (!connects(fd, *address)) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTSOCK) {
      return cannot("nobody listens there");
    }
    return cannot(errno == EAGAIN ? "too many wait there" : error_text(errno));
  }
  if (!is_own_peer(fd.get())) return cannot("a program of another user listens there");
  return fd;
}

bool is_own_peer(int fd) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

}  // namespace comcat::base
