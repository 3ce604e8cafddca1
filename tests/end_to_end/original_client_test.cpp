// A client of com_municat's own protocol, from its messages alone: no hello, no new field.

#include "support/original_client.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <opus/opus.h>

#include "support/caller.h"
#include "support/client_process.h"
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
  for (const char* const name : {"an", "\x1b[2J"}) {
    ASSERT_TRUE(speak(original, name, "x"));
    ASSERT_TRUE(an.wait_for_voice());  // each by itself: two that wait come in one message
  }
  EXPECT_FALSE(an.wait_for(joined, std::chrono::milliseconds(200))) << "it keeps its caller-N";
}

/// Waits for a packet that has `frames` Opus frames.
bool hears_packets_of(Caller& listener, int frames) {
  return listener
      .wait_for([frames](const ServerRES& r) {
        if (!r.has_voice()) return false;
        const std::string& chunk = r.voice().frames(0).chunk();
        return opus_packet_get_nb_frames(reinterpret_cast<const unsigned char*>(chunk.data()),
                                         static_cast<opus_int32>(chunk.size())) == frames;
      })
      .has_value();
}

TEST(OriginalClient, FramesAreShortWhileItIsThereAndGrowBackWhenItHasLeft) {
  ServerProcess server;
  Caller watch({.port = server.port()});
  ASSERT_TRUE(watch.hello("watch"));
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"});
  EXPECT_TRUE(hears_packets_of(watch, 1));
  auto original = std::make_unique<OriginalClient>(server.port());
  ASSERT_TRUE(original->join());
  EXPECT_TRUE(hears_packets_of(watch, 4)) << "20 ms together";
  original.reset();
  EXPECT_TRUE(hears_packets_of(watch, 1));
  EXPECT_EQ(0, an.stop());
}

TEST(OriginalClient, IsHeardByAndHearsWhoJoinsWhereItIsAlready) {
  ServerProcess server;
  OriginalClient original(server.port());
  ASSERT_TRUE(original.join());
  Caller watch({.port = server.port()});
  ASSERT_TRUE(watch.hello("watch"));
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"});
  EXPECT_TRUE(hears_packets_of(watch, 4));
  ASSERT_TRUE(original.speak("cường", "\x78\x01"));
  EXPECT_TRUE(an.prints("is now called cường"));
  EXPECT_EQ(0, an.stop());
  EXPECT_FALSE(original.heard().empty());
}

TEST(OriginalClient, MuteAndOtherRoomsInBetweenLeaveTheFramesRight) {
  ServerProcess server;
  Caller lobby({.port = server.port()});
  Caller attic({.port = server.port()});
  OriginalClient original(server.port());
  ASSERT_TRUE(lobby.hello("lobby-watch") && attic.hello("attic-watch", "attic"));
  ASSERT_TRUE(original.join());
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null", "--muted"});
  ASSERT_TRUE(an.prints("type help"));
  an.type("unmute");
  EXPECT_TRUE(hears_packets_of(lobby, 4));
  an.type("join attic");
  EXPECT_TRUE(hears_packets_of(attic, 1)) << "no original client is there";
  an.type("mute");
  an.type("join lobby");
  ASSERT_TRUE(an.prints("in the room lobby"));
  an.type("unmute");
  EXPECT_TRUE(hears_packets_of(lobby, 4));
  EXPECT_EQ(0, an.stop());
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
