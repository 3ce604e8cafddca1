// Whole calls: the real server and real clients that speak and hear through files.

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <string>

#include <gtest/gtest.h>
#include <signal.h>

#include "support/absence.h"
#include "support/caller.h"
#include "support/client_process.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

constexpr std::size_t kSecond = 48'000;
constexpr double kSame = 0.8;   // the least that Opus leaves of a sentence
constexpr double kOther = 0.5;  // the most that two sentences have in common

/// Someone who says one sentence from a file, and whose hearing goes to another.
struct Person {
  Person(const ServerProcess& server, const std::string& name, const std::string& sentence,
         const std::string& voice = "en-us")
      : said(speak(sentence, voice)) {
    // Silence first: the others have joined by then.
    write_file(directory.path() + "/said.wav", padded(said, 2 * kSecond));
    client = std::make_unique<ClientProcess>(
        server, name,
        std::vector<std::string>{"--input=file:" + directory.path() + "/said.wav",
                                 "--output=file:" + directory.path() + "/heard.wav"});
  }
  [[nodiscard]] bool is_in() { return client->prints("type help"); }
  [[nodiscard]] bool has_spoken() { return client->prints("the input file is at its end"); }
  [[nodiscard]] Samples heard() const { return read_file(directory.path() + "/heard.wav"); }

  TemporaryDirectory directory;
  Samples said;
  std::unique_ptr<ClientProcess> client;
};

/// What is wrong with how `listener` heard what `speaker` said; "" where nothing is.
std::string unheard(const Person& speaker, const Person& listener) {
  const double likeness = likeness_by_words(speaker.said, listener.heard());
  if (likeness >= kSame) return "";
  return "what was heard is like what was said by " + std::to_string(likeness) + ", not " +
         std::to_string(kSame) + "; ";
}

std::string two_in_a_call(bool tls) {
  ServerProcess server({}, tls);
  Person an(server, "an", "The quick brown fox jumps over the lazy dog.");
  Person binh(server, "binh", "She sells sea shells by the sea shore.", "en-us+f3");
  EXPECT_TRUE(an.is_in() && binh.is_in());
  EXPECT_TRUE(an.has_spoken() && binh.has_spoken());
  EXPECT_EQ(0, an.client->stop());
  EXPECT_EQ(0, binh.client->stop());
  EXPECT_EQ(0, server.stop());
  EXPECT_LT(find_in(an.said, an.heard()).peak, kOther) << "nobody hears himself";
  EXPECT_LT(find_in(binh.said, binh.heard()).peak, kOther);
  return unheard(an, binh) + unheard(binh, an);
}

TEST(Call, TwoPeopleHearEachOther) {
  expect_right([] { return two_in_a_call(/*tls=*/true); });
}

TEST(Call, TwoPeopleHearEachOtherInPlaintext) {
  expect_right([] { return two_in_a_call(/*tls=*/false); });
}

TEST(Call, AClientOfTheOriginalProtocolIsInItToo) {
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"});
  ClientProcess binh(server, "binh", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("type help") && binh.prints("type help"));
  Caller original({.port = server.port()});
  ClientREQ signal;
  signal.mutable_signal();
  ASSERT_TRUE(original.send(signal));
  const auto heard =
      original.wait_for([](const ServerRES& r) { return r.message().msg().name() == "an"; });
  ASSERT_TRUE(heard) << "it hears us";
  ClientREQ voice;
  voice.mutable_message()->set_name("old");
  voice.mutable_message()->set_chunk(heard->message().msg().chunk());
  ASSERT_TRUE(original.send(voice));
  EXPECT_TRUE(an.prints("is now called old"));
  EXPECT_TRUE(binh.prints("is now called old"));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(original.send(voice));
  // Its frames have reached the playout of both.
  for (ClientProcess* client : {&an, &binh}) {
    bool heard_it = false;
    for (int tries = 0; tries < 50 && !heard_it; ++tries) {
      client->type("stats");
      heard_it = client->process()
                     .wait_for_line(Process::kOut, "  old: ", std::chrono::milliseconds(200))
                     .has_value();
    }
    EXPECT_TRUE(heard_it);
  }
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, binh.stop());
}

TEST(Call, AMutedPersonSendsNothing) {
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null", "--muted"});
  Caller listener({.port = server.port()});
  ASSERT_TRUE(listener.hello("listener"));
  ASSERT_TRUE(an.prints("type help"));
  EXPECT_FALSE(listener.wait_for([](const ServerRES& r) { return r.has_voice(); },
                                 std::chrono::milliseconds(300)));
  an.type("unmute");
  EXPECT_TRUE(listener.wait_for_voice());
  an.type("mute");
  ASSERT_TRUE(an.prints("you are muted"));
  ASSERT_TRUE(
      listener.wait_for([](const ServerRES& r) { return event_of(r).mute_changed().muted(); }));
  EXPECT_FALSE(listener.wait_for([](const ServerRES& r) { return r.has_voice(); },
                                 std::chrono::milliseconds(300)));
  EXPECT_EQ(0, an.stop());
}

TEST(Call, WhoStallsForThreeSecondsHearsNothingOfThemAfterwards) {
  // What is said while she is stopped: first 880 Hz for a second, of which she may still hear the
  // begin; then 3520 Hz, which is old when she comes back; last 1760 Hz for half a second.
  constexpr double kSaid[] = {440, 880, 3520, 1760};
  constexpr double kSeconds[] = {2, 1, 1.5, 0.5};
  Samples said(2 * kSecond, 0.0F);  // the others have joined by then
  Samples clock;
  for (std::size_t i = 0; i < std::size(kSaid); ++i) {
    const auto tone = make_tone(kSaid[i], static_cast<std::size_t>(kSeconds[i] * kSecond));
    said.insert(said.end(), tone.begin(), tone.end());
    if (i == 0) clock.assign(said.size(), 0.0F);
  }
  const TemporaryDirectory directory;
  write_file(directory.path() + "/said.wav", said);
  write_file(directory.path() + "/clock.wav", clock);
  ServerProcess server;
  ClientProcess binh(server, "binh",
                     {"--input=null", "--output=file:" + directory.path() + "/heard.wav"});
  ASSERT_TRUE(binh.prints("type help"));
  ClientProcess an(server, "an",
                   {"--input=file:" + directory.path() + "/said.wav", "--output=null"});
  ClientProcess watch(server, "watch",
                      {"--input=file:" + directory.path() + "/clock.wav", "--output=null"});

  ASSERT_TRUE(watch.prints("the input file is at its end"));
  binh.process().signal(SIGSTOP);
  ASSERT_TRUE(an.prints("the input file is at its end"));
  binh.process().signal(SIGCONT);
  an.type("say that was all");
  ASSERT_TRUE(binh.prints("<an> that was all"));
  EXPECT_EQ(0, binh.stop());
  EXPECT_EQ(0, an.stop());

  const Samples heard = read_file(directory.path() + "/heard.wav");
  EXPECT_GE(loudest_tone_dbfs(heard, 440), -15);
  EXPECT_LE(loudest_tone_dbfs(heard, 3520), -50);
}

TEST(Call, SurvivesARestartOfTheServer) {
  auto server = std::make_unique<ServerProcess>();
  const std::string listen = "--listen=" + server->host();
  ClientProcess an(*server, "an", {"--input=tone:440", "--output=null"});
  ASSERT_TRUE(an.prints("type help"));
  EXPECT_EQ(0, server->stop());
  server = std::make_unique<ServerProcess>(std::vector<std::string>{listen});
  EXPECT_TRUE(server->logs("joined session=1"));
  Caller listener({.port = server->port()});
  ASSERT_TRUE(listener.hello("listener"));
  EXPECT_TRUE(listener.wait_for_voice());
  EXPECT_EQ(0, an.stop());
}

}  // namespace
}  // namespace comcat::testing
