// Output to whoever reads slowly.

#include "comcat/base/write.h"

#include <array>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace comcat::base {
namespace {

TEST(WriteFully, AFullPipeThatDoesNotBlockIsWaitedFor) {
  std::array<int, 2> ends{};
  ASSERT_EQ(0, ::pipe2(ends.data(), O_CLOEXEC));
  ASSERT_GE(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string text(1 << 20, 'x');
  std::jthread writer([&] {
    EXPECT_TRUE(write_fully(ends[1], text));
    ::close(ends[1]);
  });
  std::string got;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    got.append(buffer.data(), static_cast<std::size_t>(n));
  }
  EXPECT_EQ(text, got);
  ::close(ends[0]);
}

TEST(WriteFully, AReaderThatHasGoneIsToldOf) {
  ::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(0, ::pipe2(ends.data(), O_CLOEXEC));
  ::close(ends[0]);
  EXPECT_FALSE(write_fully(ends[1], "lost"));
  ::close(ends[1]);
  EXPECT_FALSE(write_fully(ends[1], "a descriptor that is none"));
}

}  // namespace
}  // namespace comcat::base
