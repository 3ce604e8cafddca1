// Lines from a pipe, output to one, tasks between threads.

#include "comcat/client/console.h"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "comcat/base/write.h"
#include "comcat/client/options.h"
#include "comcat/client/printer.h"
#include "comcat/client/task_queue.h"

#include "absl/synchronization/notification.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using base::write_fully;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Pipe {
  Pipe() { EXPECT_EQ(0, ::pipe2(ends.data(), O_CLOEXEC)); }
  ~Pipe() {
    ::close(ends[0]);
    close_writing();
  }
  void close_writing() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  std::array<int, 2> ends{};
};

/// Reads all of `fd` as a client does: a line, and the next when that has been dealt with.
std::vector<std::string> lines_of(int fd) {
  std::vector<std::string> lines;
  TaskQueue tasks(10);
  bool ended = false;
  const auto on_line = [&](std::string line) {
    tasks.post([&, line = std::move(line)] { lines.push_back(line); });
  };
  const auto console = make_pipe_console(fd, {on_line, [&] { tasks.post([&] { ended = true; }); }});
  while (!ended && tasks.run_one(base::Time{20s}, base::Time{})) console->resume();
  EXPECT_TRUE(ended);
  console->stop();
  return lines;
}

TEST(PipeConsole, GivesLineByLineAndTheLastOneWithoutABreakToo) {
  Pipe pipe;
  ASSERT_TRUE(write_fully(pipe.ends[1], "mute\n\nunmute\r\nsay hi"));
  pipe.close_writing();
  EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre("mute", "", "unmute\r", "say hi"));
}

TEST(PipeConsole, AnInputThatIsEmptyOrClosedEndsOnce) {
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_TRUE(lines_of(null).empty());
  ::close(null);
  EXPECT_TRUE(lines_of(1000).empty()) << "a descriptor that is none";
}

TEST(PipeConsole, ALineWithoutAnEndIsCut) {
  Pipe pipe;
  ASSERT_TRUE(write_fully(pipe.ends[1], std::string(20'000, 'x') + "\nstop\n"));
  pipe.close_writing();
  EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre(std::string(8192, 'x'), "stop"));
}

TEST(PipeConsole, AByteOrderMarkIsNoPartOfTheFirstCommand) {
  for (const std::string& bytes : {std::string("\xEF\xBB\xBFmute\nsay hi\n"),
                                   std::string("\xFF\xFEm\0u\0t\0e\0\n\0s\0a\0y\0 \0h\0i\0", 24)}) {
    Pipe pipe;
    ASSERT_TRUE(write_fully(pipe.ends[1], bytes));
    pipe.close_writing();
    EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre("mute", "say hi"));
  }
}

TEST(PipeConsole, WhoeverPipesMoreThanIsTakenWaits) {
  Pipe pipe;
  ASSERT_GE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK), 0);
  absl::Notification first;
  auto console =
      make_pipe_console(pipe.ends[0], {[&](std::string) { first.Notify(); }, [] { FAIL(); }});
  const std::string line = "say hello\n";
  ASSERT_TRUE(write_fully(pipe.ends[1], line));
  ASSERT_TRUE(first.WaitForNotificationWithTimeout(absl::Seconds(20)));
  // A second Notify() would end the test; and the pipe fills, as nobody reads it.
  bool full = false;
  for (int i = 0; i < 100'000 && !full; ++i) {
    full = ::write(pipe.ends[1], line.data(), line.size()) < 0;
  }
  EXPECT_TRUE(full);
  console->stop();
}

TEST(PipeConsole, StopsWhileItWaits) {
  Pipe pipe;
  auto console = make_pipe_console(pipe.ends[0], {[](std::string) { FAIL(); }, [] { FAIL(); }});
  console->stop();
}

TEST(Printer, HandsItsTextToAnEditorAndTakesItBack) {
  Pipe pipe;
  Printer printer(pipe.ends[1]);
  int wakes = 0;
  printer.print("one");
  printer.attach([&] { ++wakes; });
  printer.print("two");
  EXPECT_EQ("two\n", printer.take());
  printer.print("three");
  printer.detach();
  printer.print("four");
  pipe.close_writing();
  EXPECT_EQ(2, wakes);
  EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre("one", "three", "four"));
}

TEST(Printer, DoesNotMindThatNobodyReads) {
  Pipe pipe;
  ::close(pipe.ends[0]);
  pipe.ends[0] = -1;
  ::signal(SIGPIPE, SIG_IGN);
  Printer(pipe.ends[1]).print("lost");
}

TEST(TaskQueue, RunsInOrderAndUrgentOnesFirst) {
  TaskQueue queue(10);
  std::string ran;
  queue.post([&] { ran += "1"; });
  queue.post([&] { ran += "2"; });
  queue.post_urgent([&] { ran += "0"; });
  while (queue.run_one(base::Time{}, base::Time{})) {
  }
  EXPECT_EQ("012", ran);
}

TEST(TaskQueue, AFullOneMakesThePosterWait) {
  TaskQueue queue(1);
  int ran = 0;
  std::jthread poster([&] {
    for (int i = 0; i < 1000; ++i) queue.post([&] { ++ran; });
  });
  while (ran < 1000) ASSERT_TRUE(queue.run_one(base::Time::max(), base::Time{}));
}

TEST(TaskQueue, AClosedOneLetsGoOfThem) {
  TaskQueue queue(1);
  queue.post([] { FAIL(); });
  std::jthread poster([&] { queue.post([] { FAIL(); }); });
  queue.close();
  poster.join();
  EXPECT_FALSE(queue.run_one(base::Time::max(), base::Time{}));
}

ClientOptions good() {
  ClientOptions out;
  out.name = "an";
  out.room = "lobby";
  return out;
}

std::string complaint(void (*spoil)(ClientOptions&)) {
  ClientOptions options = good();
  spoil(options);
  const absl::Status status = check(options);
  EXPECT_EQ(absl::StatusCode::kInvalidArgument, status.code());
  return std::string(status.message());
}

TEST(Options, WhatCannotBeRightIsSaidBeforeAnythingIsOpened) {
  EXPECT_TRUE(check(good()).ok());
  using O = ClientOptions;
  EXPECT_THAT(complaint([](O& o) { o.name = ""; }), HasSubstr("--name"));
  EXPECT_THAT(complaint([](O& o) { o.name = std::string(33, 'x'); }), HasSubstr("33"));
  EXPECT_THAT(complaint([](O& o) { o.name = "a\x1b[31m"; }), HasSubstr("control"));
  EXPECT_THAT(complaint([](O& o) { o.room = ""; }), HasSubstr("room"));
  EXPECT_THAT(complaint([](O& o) { o.passcode = std::string(1 << 20, 'x'); }),
              HasSubstr("1048576"));
  EXPECT_THAT(complaint([](O& o) { o.encoder.frame = 30ms; }), HasSubstr("--frame_ms"));
  EXPECT_THAT(complaint([](O& o) { o.encoder.bitrate_bps = 5999; }), HasSubstr("--bitrate"));
  EXPECT_THAT(complaint([](O& o) { o.encoder.bitrate_bps = 128'001; }), HasSubstr("--bitrate"));
  EXPECT_THAT(complaint([](O& o) { o.only_fingerprint = "x"; }), HasSubstr("--trust"));
  EXPECT_THAT(complaint([](O& o) {
                o.only_fingerprint = "SHA256:" + std::string(43, 'A');
                o.tls = false;
              }),
              HasSubstr("--insecure"));
}

}  // namespace
}  // namespace comcat::client
