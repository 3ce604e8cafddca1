#include "comcat/datagram/voice.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

wire::VoicePacket packet(std::uint32_t speaker, const std::string& payload) {
  return {speaker, 0xfffffff0, 0x80000001, 960, 41, payload};
}

std::string body_of(const wire::VoicePackets& packets) {
  std::string body;
  for (const wire::VoicePacket& next : packets) append_voice(next, body);
  return body;
}

void expect_same(const wire::VoicePacket& a, const wire::VoicePacket& b) {
  EXPECT_EQ(a.speaker, b.speaker);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.timestamp, b.timestamp);
  EXPECT_EQ(a.duration_samples, b.duration_samples);
  EXPECT_EQ(a.level_dbov, b.level_dbov);
  EXPECT_EQ(a.payload, b.payload);
}

TEST(Voice, PacketsAreReadAsTheyWereWritten) {
  const wire::VoicePackets sent{packet(7, "opus"), packet(0xffffffff, "x"),
                                packet(0, std::string(wire::kMaxChunkBytes, 'y'))};
  const std::string body = body_of(sent);
  EXPECT_EQ(voice_bytes(sent[0]) + voice_bytes(sent[1]) + voice_bytes(sent[2]), body.size());
  wire::VoicePackets got;
  ASSERT_TRUE(parse_voice(body, got));
  ASSERT_EQ(sent.size(), got.size());
  for (std::size_t i = 0; i < sent.size(); ++i) expect_same(sent[i], got[i]);
}

TEST(Voice, ABodyThatEndsWithinAPacketIsNoneAtAll) {
  const std::string body = body_of({packet(1, "first"), packet(2, "second")});
  for (std::size_t bytes = 0; bytes < body.size(); ++bytes) {
    if (bytes == voice_bytes(packet(1, "first"))) continue;
    wire::VoicePackets got{packet(9, "before")};
    EXPECT_FALSE(parse_voice(std::string_view(body).substr(0, bytes), got)) << bytes;
    EXPECT_EQ(1U, got.size());
  }
}

TEST(Voice, WhatTheWireForbidsIsRefused) {
  const std::string good = body_of({packet(1, "opus")});
  wire::VoicePackets got;
  for (const auto& [at, value] : {std::pair{12, '\x80'}, {13, '\x31'}, {15, '\0'}, {14, '\x10'}}) {
    std::string bad = good;
    bad[at] = value;
    EXPECT_FALSE(parse_voice(bad, got)) << at;
  }
  EXPECT_TRUE(got.empty());
}

TEST(Voice, ADurationThatNobodyKnowsStaysUnknown) {
  wire::VoicePacket unknown = packet(1, "opus");
  unknown.duration_samples = 0;
  wire::VoicePackets got;
  ASSERT_TRUE(parse_voice(body_of({unknown}), got));
  EXPECT_EQ(0U, got.front().duration_samples);
}

}  // namespace
}  // namespace comcat::datagram
