// The socket through which other programs of the user's give commands.

#include "client/control_socket.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include "comcat/base/unix_socket.h"
#include "comcat/client/control.h"
#include "comcat/client/task_queue.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr auto kPatience = 20s;

/// A program that talks to the socket, and waits for nothing that it has not asked for.
class Program {
 public:
  explicit Program(const std::string& path)
      : fd_(base::connect_to_unix_socket(path).value_or(base::FileDescriptor())) {}
  void send(const std::string& text) const {
    EXPECT_EQ(static_cast<ssize_t>(text.size()),
              ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }
  /// No more will be sent.
  void end() const { ::shutdown(fd_.get(), SHUT_WR); }
  /// The next line; "" where the other side has hung up.
  std::string line() {
    while (read_.find('\n') == std::string::npos) {
      char buffer[512];
      pollfd ready{fd_.get(), POLLIN, 0};
      if (::poll(&ready, 1, 20'000) != 1) return "(nothing came)";
      const ssize_t got = ::recv(fd_.get(), buffer, sizeof(buffer), 0);
      if (got <= 0) return "";
      read_.append(buffer, static_cast<std::size_t>(got));
    }
    const std::string out = read_.substr(0, read_.find('\n'));
    read_.erase(0, out.size() + 1);
    return out;
  }

 private:
  base::FileDescriptor fd_;
  std::string read_;
};

/// A socket whose lines the test's own thread takes, as the client's main thread does.
class Control : public ::testing::Test {
 protected:
  void SetUp() override {
    auto created = ControlSocket::create(path_, [this](std::uint64_t ticket, std::string line) {
      tasks_.post_urgent([this, ticket, line] { came_.emplace_back(ticket, line); });
    });
    ASSERT_TRUE(created.ok()) << created.status();
    socket_ = *std::move(created);
    socket_->start();
  }
  void TearDown() override {
    socket_.reset();
    fs::remove_all(directory_);
  }
  /// The next line that comes, and its ticket.
  std::pair<std::uint64_t, std::string> next() {
    came_.clear();
    const base::Time now = base::steady_now();
    tasks_.run_one(now + kPatience, now);
    return came_.empty() ? std::pair<std::uint64_t, std::string>{} : came_.front();
  }
  void answer(const std::pair<std::uint64_t, std::string>& line, const std::string& with) {
    socket_->answer(line.first, with);
    socket_->resume();
  }

  std::string template_ = "/tmp/comcat-XXXXXX";  // a path of a socket is short
  const std::string directory_ = ::mkdtemp(template_.data());
  const std::string path_ = directory_ + "/control";
  TaskQueue tasks_{TaskQueue::Capacity{}};
  std::vector<std::pair<std::uint64_t, std::string>> came_;
  std::unique_ptr<ControlSocket> socket_;
};

TEST_F(Control, EachLineIsAnsweredBeforeTheNextIsTaken) {
  Program program(path_);
  program.send("mute\r\nwho\n");
  const auto first = next();
  EXPECT_EQ("mute", first.second);
  answer(first, "one");
  const auto second = next();
  EXPECT_EQ("who", second.second);
  answer(second, "two");
  EXPECT_EQ("one", program.line());
  EXPECT_EQ("two", program.line());
}

TEST_F(Control, WhoHangsUpAtOnceIsObeyedAllTheSame) {
  {
    const Program program(path_);
    program.send("mute\nwho\nunmute");  // the last line has no line break
  }
  for (const char* const line : {"mute", "who", "unmute"}) {
    const auto came = next();
    EXPECT_EQ(line, came.second);
    answer(came, "nobody reads this");
  }
}

TEST_F(Control, WhoSaysNoMoreHearsWhatHeAskedAndIsHungUpOn) {
  Program program(path_);
  program.send("who");
  program.end();
  answer(next(), "an");
  EXPECT_EQ("an", program.line());
  EXPECT_EQ("", program.line());
}

TEST_F(Control, WhoIsSlowOrReadsNothingHoldsNobodyUp) {
  const Program slow(path_);
  slow.send("mut");
  const Program deaf(path_);
  deaf.send("help\n");
  answer(next(), std::string(4'000'000, 'x'));  // more than the kernel takes
  Program quick(path_);
  quick.send("unmute\n");
  const auto came = next();
  EXPECT_EQ("unmute", came.second);
  answer(came, "done");
  EXPECT_EQ("done", quick.line());
}

TEST_F(Control, OneMoreThanThereIsRoomForTakesThePlaceOfWhoHasBeenSilentForLongest) {
  std::vector<Program> programs;
  for (std::size_t i = 0; i < ControlSocket::kMostPeers; ++i) {
    programs.emplace_back(path_).send("who\n");
    answer(next(), "an");
    EXPECT_EQ("an", programs.back().line());
  }
  Program last(path_);
  last.send("talk\n");
  answer(next(), "you talk");
  EXPECT_EQ("you talk", last.line());
  EXPECT_EQ("", programs.front().line());
  programs[1].send("hush\n");
  EXPECT_EQ("hush", next().second);
}

TEST_F(Control, ALineThatIsTooLongIsRefusedAndNothingAfterItIsRead) {
  Program program(path_);
  program.send(std::string(ControlPeer::kMaxLineBytes + 1, 'x'));
  EXPECT_THAT(program.line(), HasSubstr("\"text\":\"a line has at most 8192 bytes\""));
  EXPECT_EQ("", program.line());
}

TEST_F(Control, TheLastAnswerIsWrittenBeforeTheSocketGoes) {
  Program program(path_);
  program.send("stop\n");
  const auto came = next();
  socket_->answer(came.first, "done");
  socket_.reset();
  EXPECT_EQ("done", program.line());
  EXPECT_EQ("", program.line());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Control, WhatHasComeInItsPlaceIsNotRemoved) {
  fs::remove(path_);
  std::ofstream(path_) << "precious";
  socket_.reset();
  EXPECT_TRUE(fs::exists(path_));
}

TEST_F(Control, ASecondOneIsRefusedWithASentence) {
  const auto second = ControlSocket::create(path_, [](std::uint64_t, const std::string&) {});
  EXPECT_EQ("cannot listen at --control " + path_ + ": another program listens there",
            second.status().message());
  EXPECT_TRUE(absl::IsInvalidArgument(second.status()));
}

TEST(SendControl, WhatIsNoCommandIsNeverSent) {
  EXPECT_TRUE(absl::IsInvalidArgument(send_control("/nowhere", "shout").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(send_control("/nowhere", R"({"command":)").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(send_control("/nowhere", "say a\nb").status()));
  EXPECT_EQ(
      "no comcat-client can be reached at /nowhere: nobody listens there; one that is in a call "
      "with --control /nowhere takes commands there",
      send_control("/nowhere", "mute").status().message());
}

}  // namespace
}  // namespace comcat::client
