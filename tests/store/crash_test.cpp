// A process that is killed while it keeps texts.

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"
#include "comcat/base/write.h"
#include "comcat/store/journal.h"

#include "store/database.h"
#include "support/process.h"

namespace comcat::store {
namespace {

using testing::TemporaryDirectory;

constexpr int kRounds = 100;
constexpr std::array<const char*, 3> kRooms{"lobby", "den", "attic"};

/// What the child was told to be kept: by room and number.
using Kept = std::map<std::pair<std::string, std::uint64_t>, std::string>;

/// The child: says texts without end, and writes each that was answered OK into `told`, a line
/// "ROOM NUMBER TEXT".
[[noreturn]] void say_until_killed(const std::string& directory, int round, int told) {
  JournalOptions options;
  options.directory = directory;
  auto journal = Journal::open(options);
  if (!journal.ok()) ::_exit(1);
  (*journal)->start([&](const std::vector<Answer>& answers) {
    std::string lines;
    for (const Answer& answer : answers) {
      if (!answer.status.ok()) continue;
      const Text& text = answer.texts.at(0);
      lines += std::string(kRooms[answer.ticket % kRooms.size()]) + " " +
               std::to_string(text.number) + " " + text.text + "\n";
    }
    base::write_fully(told, lines);
  });
  for (std::uint64_t ticket = 0;;) {
    const std::string text = std::to_string(round) + "." + std::to_string(ticket);
    if ((*journal)->ask({ticket, Append{kRooms[ticket % kRooms.size()], "an", text}})) ++ticket;
  }
}

/// Reads what the child was told until `end`, kills it, and reads the rest.
std::string listen_and_kill(pid_t child, int told, base::Time end) {
  std::string lines;
  std::array<char, 65536> bytes{};
  bool killed = false;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - base::steady_now());
    pollfd input{told, POLLIN, 0};
    const int timeout_ms = killed ? -1 : static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    if (::poll(&input, 1, timeout_ms) == 1) {
      const ssize_t count = ::read(told, bytes.data(), bytes.size());
      if (count <= 0) return lines;
      lines.append(bytes.data(), static_cast<std::size_t>(count));
    }
    if (!killed && base::steady_now() >= end) killed = ::kill(child, SIGKILL) == 0;
  }
}

/// Adds the whole lines of `told`; the last may be cut.
void remember(const std::string& told, Kept& kept) {
  for (std::size_t at = 0, end = 0; (end = told.find('\n', at)) != std::string::npos;
       at = end + 1) {
    const std::string line = told.substr(at, end - at);
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first + 1);
    const std::uint64_t number = std::stoull(line.substr(first + 1, second - first - 1));
    const bool is_new =
        kept.try_emplace({line.substr(0, first), number}, line.substr(second + 1)).second;
    EXPECT_TRUE(is_new) << "a number was given out twice: " << line;
  }
}

/// Everything in the room of `directory`, read as callers who come back read it.
std::vector<Text> all_of(Database& database, const std::string& room, std::uint64_t from) {
  std::vector<Text> all;
  const WallTime now =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  for (bool more = true; more;) {
    const std::uint64_t after = all.empty() ? from : all.back().number;
    absl::StatusOr<Database::Page> page =
        database.read({.room = room, .after = after, .most = Database::kMaxPageTexts}, now);
    if (!page.ok()) return {};
    all.insert(all.end(), page->texts.begin(), page->texts.end());
    more = page->more;
  }
  return all;
}

/// One life of the child, of `life`; what it was told.
Kept live_and_die(const std::string& directory, int round, base::Duration life) {
  std::array<int, 2> ends{};
  EXPECT_EQ(0, ::pipe(ends.data()));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    say_until_killed(directory, round, ends[1]);
  }
  ::close(ends[1]);
  const base::FileDescriptor told(ends[0]);
  Kept kept;
  remember(listen_and_kill(child, told.get(), base::steady_now() + life), kept);
  int status = 0;
  EXPECT_EQ(child, ::waitpid(child, &status, 0));
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  return kept;
}

/// Takes from `kept` what is found in the room after the number `last`, which moves on.
void find(Database& database, const std::string& room, std::uint64_t& last, Kept& kept) {
  for (const Text& text : all_of(database, room, std::max<std::uint64_t>(last, 1))) {
    EXPECT_TRUE(last == 0 || text.number == last + 1) << last << " and then " << text.number;
    last = text.number;
    const auto found = kept.find({room, text.number});
    if (found == kept.end()) continue;  // stored, and killed before it was told
    EXPECT_EQ(found->second, text.text);
    kept.erase(found);
  }
}

TEST(Killed, AHundredTimesEveryTextThatWasAnsweredIsThereOnceAndInOrder) {
  const TemporaryDirectory directory;
  std::mt19937 random(20261126);
  std::map<std::string, std::uint64_t> last;  // of each room, the newest that was looked at
  std::size_t answered = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    Kept kept = live_and_die(directory.path(), round, std::chrono::microseconds(random() % 40'000));
    answered += kept.size();
    auto database = Database::open(
        {directory.path()},
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    ASSERT_TRUE(database.ok()) << database.status();
    for (const char* const room : kRooms) find(**database, room, last[room], kept);
    EXPECT_TRUE(kept.empty()) << kept.size() << " texts are lost";
  }
  EXPECT_GT(answered, 0U);
}

}  // namespace
}  // namespace comcat::store
