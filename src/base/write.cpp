#include "comcat/base/write.h"

#include <cerrno>
#include <cstddef>

#include <poll.h>
#include <unistd.h>

namespace comcat::base {
namespace {

void wait_until_writable(int fd) {
  pollfd out{fd, POLLOUT, 0};
  ::poll(&out, 1, -1);
}

}  // namespace

bool write_fully(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n > 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      wait_until_writable(fd);
    } else if (n == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace comcat::base
