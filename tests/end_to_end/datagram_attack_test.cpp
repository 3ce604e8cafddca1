// Datagrams of strangers and of members who mean harm: nobody is answered who has no key, and
// nobody's voice is any different.

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "support/datagram_caller.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

/// Two who talk over datagrams, and the socket of somebody else.
class DatagramAttack : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(an.join("an") && bo.join("bo"));
    ASSERT_TRUE(an.use_datagrams() && bo.use_datagrams());
  }

  /// Sends `bytes` from elsewhere.
  void attack(const std::string& bytes) { send_to(stranger, bytes); }

  /// All that was sent has been read, nobody was answered, and the two hear each other.
  void expect_nothing_happened() {
    EXPECT_TRUE(an.round_trip() && bo.round_trip());
    EXPECT_FALSE(has_come(stranger));
    for (int i = 0; i < 5; ++i) {
      an.say(++sequence, "an's own");
      const auto heard = bo.hear();
      ASSERT_TRUE(heard);
      EXPECT_EQ(sequence, heard->sequence);
      EXPECT_EQ("an's own", heard->payload);
    }
  }

  ServerProcess server{{}, /*tls=*/true};
  DatagramCaller an{server.port()};
  DatagramCaller bo{server.port()};
  base::FileDescriptor stranger = udp_socket("127.0.0.1", server.port());
  std::uint32_t sequence = 100;
};

TEST_F(DatagramAttack, RandomOnesAndOnesOfEveryLengthAreNotAnswered) {
  std::string bytes;
  for (std::uint32_t i = 0, x = 1; i < 1400; ++i) {
    if (i % 7 == 0 || i < 40) attack(bytes);
    x = x * 1664525 + 1013904223;
    bytes += static_cast<char>(x >> 24);
  }
  attack(std::string(9000, '\x10'));
  expect_nothing_happened();
}

TEST_F(DatagramAttack, ChangedTruncatedAndLengthenedOnesOfAMemberAreNotHeard) {
  const std::string recorded = an.say(++sequence, "recorded");
  ASSERT_TRUE(bo.hear());
  for (std::size_t at = 0; at < recorded.size(); ++at) {
    std::string changed = recorded;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    attack(changed);
    attack(recorded.substr(0, at));
  }
  attack(recorded + "x");
  attack(recorded + std::string(2000, 'x'));
  expect_nothing_happened();
}

TEST_F(DatagramAttack, RecordedOnesSentAgainAreNotHeardAndMoveNobody) {
  std::vector<std::string> recorded;
  for (int i = 0; i < 20; ++i) {
    recorded.push_back(an.say(++sequence, "once"));
    ASSERT_TRUE(bo.hear());
  }
  for (int round = 0; round < 3; ++round) {
    for (const std::string& datagram : recorded) attack(datagram);
  }
  expect_nothing_happened();
}

TEST_F(DatagramAttack, AMembersKeysSealNothingForAnother) {
  // Bo seals voice and says that it is An's connection.
  std::string forged = bo.say(++sequence, "as an");
  ASSERT_TRUE(an.hear());
  const std::string own = an.say(++sequence, "own");
  ASSERT_TRUE(bo.hear());
  forged.replace(1, 4, own.substr(1, 4));
  attack(forged);
  expect_nothing_happened();
}

TEST_F(DatagramAttack, WhoCarriesADatagramElsewhereFirstGetsNoVoice) {
  // Somebody on the way has it sooner than the server does, and sends it from elsewhere.
  an.break_datagrams();
  const std::string carried = an.say(++sequence, "carried");
  attack(carried);
  ASSERT_TRUE(bo.hear()) << "it is genuine";
  bo.say(++sequence, "for an");
  ASSERT_TRUE(bo.round_trip());
  // What comes there is a question of at most three times the length, and no voice.
  std::array<char, 4096> buffer{};
  std::size_t bytes = 0;
  while (has_come(stranger)) {
    const ssize_t one = recv(stranger.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    EXPECT_EQ(2, buffer[0] >> 4) << "a probe";
    bytes += static_cast<std::size_t>(one);
  }
  EXPECT_LE(bytes, 3 * carried.size());
}

}  // namespace
}  // namespace comcat::testing
