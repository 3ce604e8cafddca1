// Texts that last: over restarts, crashes and full disks.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "support/caller.h"
#include "support/client_process.h"
#include "support/server_process.h"
#include "support/tiny_disk.h"

namespace comcat::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kSilent{"--input=null", "--output=null", "--muted", "--json"};

std::unique_ptr<ServerProcess> start(const std::string& state, int port) {
  return std::make_unique<ServerProcess>(std::vector<std::string>{
      "--listen=127.0.0.1:" + std::to_string(port), "--state_dir=" + state});
}

/// The value of `key` in a line of JSON that needs no unescaping; "" where there is none.
std::string field(const std::string& line, const std::string& key) {
  const std::size_t at = line.find("\"" + key + "\":");
  if (at == std::string::npos) return "";
  std::size_t begin = at + key.size() + 3;
  const bool quoted = line[begin] == '"';
  if (quoted) ++begin;
  return line.substr(begin, line.find_first_of(quoted ? "\"" : ",}", begin) - begin);
}

/// A client in a room, which says texts of its own.
class Talker {
 public:
  Talker(const ServerProcess& server, const std::string& name, const std::string& room)
      : name_(name), room_(room), client_(server, name, flags_for(room)) {}

  bool is_in() { return client_.prints("\"event\":\"connected\""); }
  bool is_back() { return client_.prints("\"event\":\"reconnected\""); }
  void say(const std::string& text) {
    client_.type("say " + text);
    typed_.insert(text);
  }
  /// Waits until it has heard `text`.
  bool hears(const std::string& text) {
    while (client_.process().output(Process::kOut).find("\"said\":\"" + text + "\"") ==
           std::string::npos) {
      if (!client_.prints("\"event\":\"said\"")) return false;
    }
    return true;
  }
  bool hears_anything() { return client_.prints("\"event\":\"said\""); }
  int stop() { return client_.stop(); }

  /// What it was shown, by number, in the order in which it was.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::string>> shown() {
    std::vector<std::pair<std::uint64_t, std::string>> out;
    for (const std::string& line : lines()) {
      if (field(line, "event") != "said") continue;
      out.emplace_back(std::stoull(field(line, "number")), field(line, "said"));
    }
    return out;
  }
  /// What it typed, but for what it was told was not said.
  [[nodiscard]] std::set<std::string> answered() {
    std::set<std::string> out = typed_;
    for (const std::string& line : lines()) {
      if (field(line, "event") != "error") continue;
      for (const std::string& text : typed_) {
        if (line.find("say \\\"" + text + "\\\"") != std::string::npos) out.erase(text);
      }
    }
    return out;
  }
  [[nodiscard]] const std::string& room() const { return room_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  static std::vector<std::string> flags_for(const std::string& room) {
    std::vector<std::string> flags = kSilent;
    flags.push_back("--room=" + room);
    return flags;
  }
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    const std::string& text = client_.process().output(Process::kOut);
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
         at = end + 1) {
      out.push_back(text.substr(at, end - at));
    }
    return out;
  }

  const std::string name_;
  const std::string room_;
  ClientProcess client_;
  std::set<std::string> typed_;
};

TEST(History, AServerKilledAmidTwentyWhoTextInThreeRoomsLosesAndDoublesNone) {
  constexpr int kTalkers = 20;
  constexpr int kTexts = 15;
  const std::vector<std::string> rooms{"lobby", "den", "attic"};
  const TemporaryDirectory state;
  auto server = start(state.path(), 0);
  const int port = server->port();
  ASSERT_NE(0, port);
  std::vector<std::unique_ptr<Talker>> talkers;
  for (int i = 0; i < kTalkers; ++i) {
    talkers.push_back(std::make_unique<Talker>(*server, "t" + std::to_string(i),
                                               rooms[static_cast<std::size_t>(i) % rooms.size()]));
  }
  for (const auto& talker : talkers) ASSERT_TRUE(talker->is_in());

  for (const auto& talker : talkers) {
    for (int i = 0; i < kTexts; ++i) talker->say(talker->name() + "-" + std::to_string(i));
  }
  for (int i = 0; i < kTexts; ++i) ASSERT_TRUE(talkers[0]->hears_anything());
  server->process().signal(SIGKILL);
  ASSERT_TRUE(server->process().wait_exit());
  server = start(state.path(), port);
  ASSERT_EQ(port, server->port());
  const auto restarted = std::chrono::steady_clock::now();
  for (const auto& talker : talkers) ASSERT_TRUE(talker->is_back()) << talker->name();
  EXPECT_LT(std::chrono::steady_clock::now() - restarted, std::chrono::seconds(10));
  for (const auto& talker : talkers) talker->say(talker->name() + "-end");
  for (const auto& talker : talkers) {
    for (const auto& other : talkers) {
      if (other->room() != talker->room()) continue;
      ASSERT_TRUE(talker->hears(other->name() + "-end")) << other->name() << talker->name();
    }
  }

  std::map<std::string, std::map<std::uint64_t, std::string>> history;  // of each room
  for (const auto& talker : talkers) {
    std::uint64_t last = 0;
    for (const auto& [number, text] : talker->shown()) {
      EXPECT_TRUE(last == 0 || number == last + 1)
          << talker->name() << " was shown " << number << " after " << last;
      last = number;
      const auto [known, is_new] = history[talker->room()].emplace(number, text);
      EXPECT_EQ(known->second, text) << "others were shown another text as " << number;
    }
  }
  for (const auto& talker : talkers) {
    std::map<std::string, int> times;
    for (const auto& [number, text] : history[talker->room()]) ++times[text];
    for (const std::string& text : talker->answered()) EXPECT_EQ(1, times[text]) << text;
    EXPECT_GT(talker->answered().size(), 0U);
  }
  for (const auto& talker : talkers) EXPECT_EQ(0, talker->stop());
}

TEST(History, WhoComesLaterIsShownWhatWasSaidAndAsksForMore) {
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("connected to "));
  for (int i = 1; i <= 25; ++i) an.type("say text " + std::to_string(i) + ".");
  ASSERT_TRUE(an.prints("<an> text 25."));
  ClientProcess binh(server, "binh", {"--input=null", "--output=null"});
  ASSERT_TRUE(binh.prints("] <an> text 6."));
  ASSERT_TRUE(binh.prints("] <an> text 25."));
  an.type("say hello");
  ASSERT_TRUE(binh.prints("<an> hello"));
  binh.type("history 3");
  EXPECT_TRUE(binh.prints("earlier texts of the room lobby:"));
  EXPECT_TRUE(binh.prints("] <an> text 3."));
  EXPECT_TRUE(binh.prints("] <an> text 5."));
  binh.type("history");
  EXPECT_TRUE(binh.prints("] <an> text 1."));
  binh.type("history");
  EXPECT_TRUE(binh.prints("there are no earlier texts in the room lobby"));
}

TEST(History, OfNoHoursIsNoFile) {
  const TemporaryDirectory state;
  ServerProcess server({"--history_hours=0", "--state_dir=" + state.path()});
  ClientProcess an(server, "an", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("connected to "));
  an.type("say hello");
  EXPECT_TRUE(an.prints("<an> hello"));
  an.type("history");
  EXPECT_TRUE(an.prints("this server keeps no texts"));
  EXPECT_FALSE(std::filesystem::exists(state.file("history.db")));
}

TEST(History, AnotherServerOfTheStateDirectoryKeepsNoTextsAndSaysSo) {
  const TemporaryDirectory state;
  auto first = start(state.path(), 0);
  ASSERT_NE(0, first->port());
  Process second({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                  "--state_dir=" + state.path()});
  EXPECT_TRUE(second.wait_for_line(Process::kErr, "history_off why=\"another comcat-server uses"));
  EXPECT_TRUE(second.wait_for_line(Process::kErr, "listening"));
}

TEST(History, WhereAServerWasToldToKeepTextsItHasTheStateDirectoryAlone) {
  const TemporaryDirectory state;
  auto first = start(state.path(), 0);
  ASSERT_NE(0, first->port());
  Process second({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                  "--history_hours=48", "--state_dir=" + state.path()});
  EXPECT_EQ(2, second.wait_exit());
  EXPECT_EQ("comcat-server: another comcat-server uses the state directory " + state.path() +
                "; stop it, or give this one another with --state_dir\n",
            second.output(Process::kErr));
  EXPECT_EQ(0, first->stop());
  EXPECT_NE(0, start(state.path(), 0)->port());
}

TEST(History, WhoHalfClosesIsStillToldThatTheTextIsKept) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  ClientREQ say;
  say.mutable_command()->set_trace_id(7);
  say.mutable_command()->mutable_say()->set_text("bye");
  ASSERT_TRUE(an.send(say));
  an.stop_sending();
  const auto answer = an.wait_for(
      [](const ServerRES& r) { return r.has_outcome() && r.outcome().trace_id() == 7; });
  ASSERT_TRUE(answer);
  EXPECT_EQ(0U, answer->outcome().status());
  EXPECT_TRUE(an.status().ok());
}

TEST(History, AFullDiskIsToldTheSenderVoiceGoesOnAndTheNextTextTriesAgain) {
  const auto disk = TinyDisk::make(/*kib=*/512);
  COMCAT_NEEDS_NAMESPACES(disk);
  ServerProcess server({"--state_dir=" + disk->path()}, /*tls=*/false, disk->inside());
  Caller listener({.port = server.port()});
  ASSERT_TRUE(listener.hello("listener"));
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"});
  ASSERT_TRUE(an.prints("connected to "));
  an.type("say before");
  ASSERT_TRUE(an.prints("<an> before"));
  disk->write("other", std::string(1024UL * 1024, 'x'));
  // What SQLite has reserved already is used up first.
  const std::string sentence = "your text was not said, as the server cannot keep it (the disk is ";
  const std::string text(1900, 't');
  for (int i = 0; an.process().output(Process::kOut).find(sentence) == std::string::npos; ++i) {
    ASSERT_LT(i, 500) << "the disk is never full";
    an.type("say " + std::to_string(i) + text);
    ASSERT_TRUE(an.prints(std::to_string(i) + "ttt"));
  }
  EXPECT_TRUE(server.logs("error history_failed doing=append why=\"the disk is full\""));
  EXPECT_TRUE(listener.wait_for_voice());
  disk->remove("other");
  an.type("say after");
  EXPECT_TRUE(an.prints("<an> after"));
  EXPECT_EQ(0, server.stop());
}

}  // namespace
}  // namespace comcat::testing
