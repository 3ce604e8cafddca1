#include "comcat/base/file_descriptor.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace comcat::base {
namespace {

int open_null() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(FileDescriptor, IsClosedWithItsOwner) {
  int fd = -1;
  {
    const FileDescriptor owner(open_null());
    ASSERT_TRUE(owner.valid());
    fd = owner.get();
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(FileDescriptor, OneThatIsNoneIsNotClosed) {
  const FileDescriptor none;
  const FileDescriptor failed(-1);
  EXPECT_FALSE(none.valid() || failed.valid());
}

TEST(FileDescriptor, MovesWithItsOwnership) {
  FileDescriptor first(open_null());
  const int fd = first.get();
  FileDescriptor second(std::move(first));
  EXPECT_EQ(second.get(), fd);
  FileDescriptor third(open_null());
  const int closed = third.get();
  third = std::move(second);
  EXPECT_EQ(third.get(), fd);
  EXPECT_TRUE(is_open(fd));
  EXPECT_FALSE(is_open(closed));
}

TEST(FileDescriptor, ReleasedItIsSomebodyElses) {
  FileDescriptor owner(open_null());
  const int fd = owner.release();
  EXPECT_FALSE(owner.valid());
  owner.reset();
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST(FileDescriptor, ClosingKeepsWhatFailedBefore) {
  FileDescriptor closed_already(open_null());
  ::close(closed_already.get());
  errno = ENOSPC;
  closed_already.reset();
  EXPECT_EQ(errno, ENOSPC);
}

}  // namespace
}  // namespace comcat::base
