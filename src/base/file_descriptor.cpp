#include "comcat/base/file_descriptor.h"

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace comcat::base {

int FileDescriptor::release() {
  return std::exchange(fd_, -1);
}

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) {
    const int before = errno;
    ::close(fd_);
    errno = before;
  }
  fd_ = fd;
}

}  // namespace comcat::base
