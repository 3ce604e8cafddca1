// Lines from a pipe, output to one, tasks between threads.

#include "comcat/client/console.h"

#include <array>
#include <atomic>
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
  TaskQueue tasks({.tasks = 10});
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
  EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre("mute", "", "unmute", "say hi"));
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

TEST(PipeConsole, ALineEndsWithTheBreakOfAnySystem) {
  Pipe pipe;
  ASSERT_TRUE(write_fully(pipe.ends[1], "mute\rwho\r\nsay a\n\rstop\r"));
  pipe.close_writing();
  EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre("mute", "who", "say a", "", "stop"));
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
  printer.finish();
  pipe.close_writing();
  EXPECT_EQ(2, wakes);
  EXPECT_THAT(lines_of(pipe.ends[0]), ElementsAre("one", "three", "four"));
}

TEST(Printer, DoesNotMindThatNobodyReads) {
  Pipe pipe;
  ::close(pipe.ends[0]);
  pipe.ends[0] = -1;
  ::signal(SIGPIPE, SIG_IGN);
  Printer printer(pipe.ends[1]);
  printer.print("lost");
  printer.finish();
}

TEST(Printer, OfAPipeThatNobodyReadsIsFullAndLetsItsOwnerGo) {
  Pipe pipe;
  std::atomic<int> full{0};
  Printer printer(pipe.ends[1], [&](bool is_full) { full += is_full ? 1 : -1; });
  while (!printer.is_full()) printer.print(std::string(1000, 'x'));
  EXPECT_EQ(1, full);
  printer.print("what comes in spite of it waits too");
  printer.hurry();
  const base::Time before = base::steady_now();
  printer.finish();
  EXPECT_GT(10s, base::steady_now() - before);
}

TEST(Printer, HasRoomAgainOnceSomebodyReads) {
  Pipe pipe;
  absl::Notification has_room;
  Printer printer(pipe.ends[1], [&](bool is_full) {
    if (!is_full) has_room.Notify();
  });
  while (!printer.is_full()) printer.print(std::string(1000, 'x'));
  std::array<char, 4096> read{};
  while (!has_room.HasBeenNotified()) EXPECT_LT(0, ::read(pipe.ends[0], read.data(), read.size()));
  EXPECT_FALSE(printer.is_full());
}

TEST(Printer, WithoutAHurryWaitsForASlowReader) {
  Pipe pipe;
  Printer printer(pipe.ends[1]);
  for (int i = 0; i < 200; ++i) printer.print(std::string(999, 'x'));
  std::jthread owner([&] {
    printer.finish();
    pipe.close_writing();
  });
  std::size_t bytes = 0;
  std::array<char, 512> read{};
  for (ssize_t n = 0; (n = ::read(pipe.ends[0], read.data(), read.size())) > 0;) {
    bytes += static_cast<std::size_t>(n);
  }
  EXPECT_EQ(200'000U, bytes);
}

TEST(TaskQueue, RunsInOrderAndUrgentOnesFirst) {
  TaskQueue queue({.tasks = 10});
  std::string ran;
  queue.post([&] { ran += "1"; });
  queue.post([&] { ran += "2"; });
  queue.post_urgent([&] { ran += "0"; });
  while (queue.run_one(base::Time{}, base::Time{})) {
  }
  EXPECT_EQ("012", ran);
}

TEST(TaskQueue, AFullOneMakesThePosterWait) {
  TaskQueue queue({.tasks = 1});
  int ran = 0;
  std::jthread poster([&] {
    for (int i = 0; i < 1000; ++i) queue.post([&] { ++ran; });
  });
  while (ran < 1000) ASSERT_TRUE(queue.run_one(base::Time::max(), base::Time{}));
}

TEST(TaskQueue, IsFullByWhatItsTasksHold) {
  TaskQueue queue({.tasks = 1000, .bytes = 100});
  int ran = 0;
  queue.post([&] { ++ran; }, 1000);  // more than all there is room for: nothing else waits
  std::atomic<bool> posted{false};
  std::jthread poster([&] {
    queue.post([&] { ++ran; }, 1);
    posted = true;
    queue.post_urgent([] {});
  });
  ASSERT_TRUE(queue.run_one(base::Time::max(), base::Time{}));
  ASSERT_TRUE(queue.run_one(base::Time::max(), base::Time{}));
  ASSERT_TRUE(queue.run_one(base::Time::max(), base::Time{}));
  EXPECT_EQ(2, ran);
  EXPECT_TRUE(posted);
}

TEST(TaskQueue, APausedOneRunsWhatTheUserWants) {
  TaskQueue queue({.tasks = 10});
  std::string ran;
  queue.pause(true);
  queue.post([&] { ran += "news "; });
  queue.post_urgent([&] { ran += "line "; });
  EXPECT_TRUE(queue.run_one(base::Time{}, base::Time{}));
  EXPECT_FALSE(queue.run_one(base::Time{}, base::Time{}));
  queue.pause(false);
  EXPECT_TRUE(queue.run_one(base::Time{}, base::Time{}));
  EXPECT_EQ("line news ", ran);
}

TEST(TaskQueue, AHurriedOneDropsAllButTheEnd) {
  TaskQueue queue({.tasks = 2});
  std::string ran;
  queue.pause(true);
  queue.post([&] { ran += "news "; });
  queue.post([&] { ran += "news "; });
  std::jthread poster([&] {
    queue.post([&] { ran += "news "; });
    queue.post_last([&] { ran += "end"; });
  });
  queue.hurry();
  ASSERT_TRUE(queue.run_one(base::Time::max(), base::Time{}));
  EXPECT_EQ("end", ran);
}

TEST(TaskQueue, AClosedOneLetsGoOfThem) {
  TaskQueue queue({.tasks = 1});
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
