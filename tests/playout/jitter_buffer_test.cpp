#include "comcat/playout/jitter_buffer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "playout/sine_decoder.h"

namespace comcat::playout {
namespace {

/// Inserts the packets numbered `sequences` (20 ms each) and says what became of each: s stored,
/// r reordered, R restarted, d duplicate, l late, x malformed.
std::string insert(JitterBuffer& buffer, const std::vector<std::uint32_t>& sequences) {
  std::string story;
  for (const std::uint32_t sequence : sequences) {
    story += "srRdlx"[static_cast<int>(buffer.insert(numbered_packet(sequence)))];
  }
  return story;
}

/// Plays everything that waits; the sequence numbers, and a gap as a dot for each missing one.
std::string play(JitterBuffer& buffer) {
  std::string story;
  for (; !buffer.empty(); buffer.pop_front()) {
    story += std::string(buffer.missing(), '.') + std::to_string(buffer.front()->sequence % 10);
  }
  return story;
}

TEST(JitterBuffer, ReorderedPacketsComeOutInOrder) {
  JitterBuffer buffer;
  EXPECT_EQ("ssrsr", insert(buffer, {1, 3, 2, 5, 4}));
  EXPECT_EQ("12345", play(buffer));
}

TEST(JitterBuffer, APacketBeforeTheFirstCountsUntilPlayingBegins) {
  JitterBuffer buffer;
  EXPECT_EQ("sr", insert(buffer, {7, 6}));
  EXPECT_EQ("67", play(buffer));
}

TEST(JitterBuffer, DuplicatesAreTakenOnce) {
  JitterBuffer buffer;
  EXPECT_EQ("sdssd", insert(buffer, {1, 1, 2, 3, 2}));
  EXPECT_EQ("123", play(buffer));
  EXPECT_EQ("dd", insert(buffer, {3, 2}));  // even after they were played
}

TEST(JitterBuffer, ALatePacketIsNotADuplicate) {
  JitterBuffer buffer;
  EXPECT_EQ("ss", insert(buffer, {1, 3}));
  EXPECT_EQ("1.3", play(buffer));
  EXPECT_EQ("ld", insert(buffer, {2, 2}));
}

TEST(JitterBuffer, SequenceNumbersWrap) {
  JitterBuffer buffer;
  EXPECT_EQ("ssrs", insert(buffer, {0xFFFFFFFE, 0, 0xFFFFFFFF, 1}));
  std::int64_t before = 0xFFFFFFFD;
  for (; !buffer.empty(); buffer.pop_front()) {
    EXPECT_EQ(before + 1, buffer.front()->sequence);
    EXPECT_EQ(0, buffer.missing());
    before = buffer.front()->sequence;
  }
}

TEST(JitterBuffer, ASenderThatStartsAgainFarAwayIsTakenAtOnce) {
  JitterBuffer buffer;
  EXPECT_EQ("ssRs", insert(buffer, {500'000, 500'001, 3, 4}));
  EXPECT_EQ("34", play(buffer));
}

TEST(JitterBuffer, ASenderThatStartsAgainNearbyIsTakenSoon) {
  JitterBuffer buffer;
  std::vector<std::uint32_t> before;
  for (std::uint32_t i = 600; i < 900; ++i) before.push_back(i);
  insert(buffer, before);
  play(buffer);
  EXPECT_EQ("lllllllRss", insert(buffer, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(JitterBuffer, AnEndlessFloodStaysBounded) {
  JitterBuffer buffer;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    (void)buffer.insert(numbered_packet(i));
    ASSERT_LE(buffer.size(), JitterBuffer::kSlots);
  }
  EXPECT_EQ(5000 - JitterBuffer::kSlots, buffer.front()->sequence);
}

TEST(JitterBuffer, WhatIsNotOpusIsRefused) {
  JitterBuffer buffer;
  EXPECT_EQ(JitterBuffer::Insert::kMalformed,
            buffer.insert({.sequence = 1, .payload = "\xFF\xFF"}));
  EXPECT_EQ(JitterBuffer::Insert::kMalformed, buffer.insert({.sequence = 1, .payload = ""}));
  EXPECT_TRUE(buffer.empty());
}

TEST(JitterBuffer, APacketWhoseDurationIsALieIsRefused) {
  JitterBuffer buffer;
  wire::VoicePacket packet = numbered_packet(1);
  for (const std::uint32_t lie : {1U, 480U, 959U, 961U, 5760U, 0xFFFFFFFFU}) {
    packet.duration_samples = lie;
    EXPECT_EQ(JitterBuffer::Insert::kMalformed, buffer.insert(packet)) << lie;
  }
  EXPECT_TRUE(buffer.empty());
}

TEST(JitterBuffer, ADurationThatNobodyKnowsIsReadFromThePayload) {
  JitterBuffer buffer;
  wire::VoicePacket packet = numbered_packet(1);
  packet.duration_samples = 0;
  EXPECT_EQ(JitterBuffer::Insert::kStored, buffer.insert(packet));
  EXPECT_EQ(960U, buffer.arrived().samples);
}

}  // namespace
}  // namespace comcat::playout
