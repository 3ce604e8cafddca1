// Voice over UDP, through a real server.

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/datagram_caller.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

/// Whoever listens hears what `speaker` says next as a datagram. Meanwhile it may come by the
/// stream.
bool hears_by_datagram(DatagramCaller& listener, DatagramCaller& speaker, std::uint32_t sequence) {
  speaker.say(sequence, "over udp");
  const std::optional<wire::VoicePacket> packet = listener.hear();
  return packet && packet->sequence == sequence && packet->payload == "over udp" &&
         packet->speaker == speaker.welcome().session();
}

TEST(Datagrams, VoiceGoesUpAndDownBesideTheStream) {
  ServerProcess server({}, /*tls=*/true);
  DatagramCaller an(server.port());
  DatagramCaller bo(server.port());
  ASSERT_TRUE(an.join("an") && bo.join("bo"));
  ASSERT_TRUE(an.use_datagrams() && bo.use_datagrams());
  EXPECT_TRUE(hears_by_datagram(bo, an, 1));
  EXPECT_TRUE(hears_by_datagram(an, bo, 1));
}

TEST(Datagrams, WhoHasNoneHearsAndIsHeardByTheStream) {
  ServerProcess server({}, /*tls=*/true);
  DatagramCaller an(server.port());
  Caller by_stream({.port = server.port(), .tls = true});
  ASSERT_TRUE(an.join("an") && by_stream.hello("bo"));
  ASSERT_TRUE(an.use_datagrams());
  an.say(1, "from udp");
  const auto heard = by_stream.wait_for_voice();
  ASSERT_TRUE(heard);
  EXPECT_EQ("from udp", heard->voice().frames(0).chunk());
  ASSERT_TRUE(by_stream.send_voice("from the stream"));
  const auto packet = an.hear();
  ASSERT_TRUE(packet);
  EXPECT_EQ("from the stream", packet->payload);
}

TEST(Datagrams, WhatComesBothWaysIsHeardOnce) {
  ServerProcess server({}, /*tls=*/true);
  DatagramCaller an(server.port());
  Caller bo({.port = server.port(), .tls = true});
  ASSERT_TRUE(an.join("an") && bo.hello("bo"));
  ASSERT_TRUE(an.use_datagrams());
  an.say(1, "first");
  ASSERT_EQ("first", bo.wait_for_voice().value().voice().frames(0).chunk());
  ASSERT_TRUE(an.stream().send_voice("first", 1));
  ASSERT_TRUE(an.stream().send_voice("second", 2));
  EXPECT_EQ("second", bo.wait_for_voice().value().voice().frames(0).chunk());
}

TEST(Datagrams, WhoComesFromAnotherPortGoesOnHearing) {
  ServerProcess server({}, /*tls=*/true);
  DatagramCaller an(server.port());
  DatagramCaller bo(server.port());
  ASSERT_TRUE(an.join("an") && bo.join("bo"));
  ASSERT_TRUE(an.use_datagrams() && bo.use_datagrams());
  const int before = bo.probes_answered();
  bo.move();
  // The server asks at the new port, and believes it once it is answered there.
  ASSERT_TRUE(bo.wait_until([&] { return bo.probes_answered() > before; }) && bo.round_trip());
  EXPECT_TRUE(hears_by_datagram(bo, an, 1));
  EXPECT_TRUE(hears_by_datagram(an, bo, 1));
}

TEST(Datagrams, WhoComesBackHasThemBothWaysUnderTheNumberItHad) {
  ServerProcess server({}, /*tls=*/true);
  DatagramCaller bo(server.port());
  std::optional<DatagramCaller> an(std::in_place, server.port());
  ASSERT_TRUE(an->join("an") && bo.join("bo"));
  ASSERT_TRUE(an->use_datagrams() && bo.use_datagrams());
  ASSERT_TRUE(hears_by_datagram(bo, *an, 1));
  const ServerSignal before = an->welcome();
  an.reset();
  DatagramCaller again(server.port());
  ASSERT_TRUE(again.join("an", before.resume_key()));
  EXPECT_EQ(before.session(), again.welcome().session());
  EXPECT_NE(before.datagrams().connection(), again.welcome().datagrams().connection());
  ASSERT_TRUE(again.use_datagrams() && bo.use_datagrams());
  EXPECT_TRUE(hears_by_datagram(bo, again, 2));
  EXPECT_TRUE(hears_by_datagram(again, bo, 2));
}

TEST(Datagrams, WhereTheyStopArrivingVoiceTakesTheStream) {
  ServerProcess server({}, /*tls=*/true);
  DatagramCaller an(server.port());
  DatagramCaller bo(server.port());
  ASSERT_TRUE(an.join("an") && bo.join("bo"));
  ASSERT_TRUE(an.use_datagrams() && bo.use_datagrams());
  bo.break_datagrams();
  std::uint32_t sequence = 0;
  bool heard = false;
  const auto next = base::Duration(std::chrono::milliseconds(20));
  base::Time due = base::steady_now();
  EXPECT_TRUE(an.wait_until([&] {
    if (base::steady_now() >= due) {
      an.say(++sequence, "voice");
      due += next;
    }
    heard = bo.stream()
                .wait_for([](const ServerRES& r) { return r.has_voice(); },
                          std::chrono::milliseconds(1))
                .has_value();
    return heard;
  }));
}

TEST(Datagrams, AnswersComeFromTheAddressThatWasCalled) {
  ServerProcess server({"--listen", ":0"}, /*tls=*/true);
  for (const char* const called : {"127.0.0.1", "127.0.0.77", "::1"}) {
    DatagramCaller an(server.port(), called);
    ASSERT_TRUE(an.join("an"));
    EXPECT_TRUE(an.use_datagrams()) << called;  // its socket hears nobody else
  }
}

TEST(Datagrams, WithoutTlsOrWantedByOneEndAloneThereAreNone) {
  ServerProcess plain;
  Caller an({.port = plain.port()});
  EXPECT_FALSE(an.hello("an", "", 1 | 4).value().has_datagrams());
  ServerProcess without({"--nodatagrams"}, /*tls=*/true);
  DatagramCaller bo(without.port());
  EXPECT_FALSE(bo.join("bo"));
  ServerProcess with({}, /*tls=*/true);
  Caller cy({.port = with.port(), .tls = true});
  EXPECT_FALSE(cy.hello("cy").value().has_datagrams());
}

}  // namespace
}  // namespace comcat::testing
