// A client of com_municat's own protocol, from its messages alone: no hello, no new field.

#include <string>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

/// What the original client sends: its empty signal, then voice that carries the speaker's name.
bool signal(Caller& caller) {
  ClientREQ request;
  request.mutable_signal();
  return caller.send(request) &&
         caller.wait_for([](const ServerRES& r) { return r.has_signal(); }).has_value();
}

bool speak(Caller& caller, const std::string& name, const std::string& chunk) {
  ClientREQ request;
  request.mutable_message()->set_name(name);
  request.mutable_message()->set_chunk(chunk);
  return caller.send(request);
}

TEST(OriginalClient, JoinsSpeaksAndHearsWithThreeOfOurs) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  Caller chi({.port = server.port()});
  Caller original({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh") && chi.hello("chi"));
  ASSERT_TRUE(signal(original));

  ASSERT_TRUE(speak(original, "cường", "\x78\x01"));
  const auto named = an.wait_for(
      [](const ServerRES& r) { return event_of(r).joined().member().name() == "cường"; });
  ASSERT_TRUE(named);
  for (Caller* listener : {&binh, &chi}) {  // the name may come before the voice or after it
    const auto heard = listener->wait_for_voice();
    ASSERT_TRUE(heard);
    EXPECT_EQ("\x78\x01", heard->voice().frames(0).chunk());
    EXPECT_EQ(event_of(*named).joined().member().session(), heard->voice().frames(0).speaker());
  }

  ASSERT_TRUE(an.send_voice("hello", 5));
  const auto heard = original.wait_for_voice();
  ASSERT_TRUE(heard);
  ASSERT_TRUE(heard->has_message()) << "never an arm that it does not know";
  EXPECT_EQ("an", heard->message().msg().name());
  EXPECT_EQ("hello", heard->message().msg().chunk());
  EXPECT_EQ(36U, heard->message().id().size());
}

TEST(OriginalClient, FramesAreNumberedForIt) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller original({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  ASSERT_TRUE(signal(original));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(speak(original, "old", std::string(1, '\xe4')));  // 5 ms CELT
  for (unsigned i = 0; i < 3; ++i) {
    const auto heard = an.wait_for_voice();
    ASSERT_TRUE(heard);
    EXPECT_EQ(i, heard->voice().frames(0).sequence());
  }
}

TEST(OriginalClient, MaySpeakWithoutASignal) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller original({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  ASSERT_TRUE(speak(original, "old", "x"));
  EXPECT_TRUE(an.wait_for_voice());
}

TEST(OriginalClient, CannotTakeAnothersNameNorAnUnsafeOne) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller original({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  ASSERT_TRUE(signal(original));
  const auto joined = [](const ServerRES& r) { return event_of(r).has_joined(); };
  ASSERT_TRUE(an.wait_for(joined));
  ASSERT_TRUE(speak(original, "an", "x"));
  ASSERT_TRUE(speak(original, "\x1b[2J", "x"));
  ASSERT_TRUE(an.wait_for_voice());
  ASSERT_TRUE(an.wait_for_voice());
  EXPECT_FALSE(an.wait_for(joined, std::chrono::milliseconds(200))) << "it keeps its caller-N";
}

TEST(Bot, IsToldTheLimitsThoughNoClientOfOursReadsThem) {
  ServerProcess server;
  Caller bot({.port = server.port()});
  const auto welcome = bot.hello("bot");
  ASSERT_TRUE(welcome);
  EXPECT_EQ(1275U, welcome->limits().max_chunk_bytes());
  EXPECT_EQ(64U * 1024, welcome->limits().max_message_bytes());
  EXPECT_EQ(2000U, welcome->limits().max_text_bytes());
  EXPECT_EQ(8U, welcome->limits().max_speakers());
}

}  // namespace
}  // namespace comcat::testing
