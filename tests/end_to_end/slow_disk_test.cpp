// What waits for a disk, and what does not: another program holds the server's databases.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "support/caller.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Nobody else writes to the database while it lives.
class HeldDatabase {
 public:
  explicit HeldDatabase(const std::string& path) {
    EXPECT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &handle_));
    EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr))
        << sqlite3_errmsg(handle_);
  }
  ~HeldDatabase() { sqlite3_close(handle_); }
  HeldDatabase(const HeldDatabase&) = delete;
  HeldDatabase& operator=(const HeldDatabase&) = delete;

 private:
  sqlite3* handle_ = nullptr;
};

bool is_answer(const ServerRES& response) {
  return response.has_outcome() && response.outcome().trace_id() != 0;
}

/// Has `an` say a text, and waits for its answer.
std::optional<ServerRES> say(Caller& an, std::uint64_t trace_id, bool wait) {
  ClientREQ say;
  say.mutable_command()->set_trace_id(trace_id);
  say.mutable_command()->mutable_say()->set_text("hello");
  EXPECT_TRUE(an.send(say));
  return wait ? an.wait_for(is_answer) : std::nullopt;
}

/// How late each of 50 frames is heard, the longest last.
std::vector<milliseconds> talk(Caller& an, Caller& binh) {
  std::vector<milliseconds> delays;
  for (unsigned i = 1; i <= 50; ++i) {
    const auto said = Clock::now();
    EXPECT_TRUE(an.send_voice("opus", i));
    EXPECT_TRUE(binh.wait_for_voice()) << i;
    delays.push_back(std::chrono::ceil<milliseconds>(Clock::now() - said));
  }
  std::ranges::sort(delays);
  return delays;
}

TEST(SlowDisk, DelaysTextsAndBansButNoVoice) {
  const TemporaryDirectory directory;
  const std::string socket = directory.file("admin.sock");
  const auto admin = [&](const std::string& words) {
    return std::make_unique<Process>(std::vector<std::string>{
        program("comcat-server"), "--admin_socket=" + socket, "--admin=" + words});
  };
  ServerProcess server({"--state_dir=" + directory.path(), "--admin_socket=" + socket});
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ASSERT_TRUE(say(an, 1, true));
  EXPECT_EQ(0, admin("ban 192.0.2.7")->wait_exit());
  auto texts = std::make_unique<HeldDatabase>(directory.file("history.db"));
  auto bans = std::make_unique<HeldDatabase>(directory.file("bans.db"));
  const auto ban = admin("ban 192.0.2.8");
  say(an, 2, false);
  const std::vector<milliseconds> delays = talk(an, binh);
  RecordProperty("p99_ms", static_cast<int>(delays[delays.size() - 2].count()));
  EXPECT_LT(delays.back(), milliseconds(1000)) << "the disk is waited for, for 2 s";
  texts.reset();
  bans.reset();
  // Kept now, or, where this machine was slow, refused after those 2 s.
  EXPECT_TRUE(an.wait_for(is_answer));
  EXPECT_TRUE(ban->wait_exit());
  EXPECT_THAT(ban->output(Process::kOut) + ban->output(Process::kErr), HasSubstr("192.0.2.8"));
  EXPECT_EQ(0, server.stop());
}

}  // namespace
}  // namespace comcat::testing
