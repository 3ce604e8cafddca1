// The file of --rooms as people write it.

#include "comcat/server/rooms_file.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

std::vector<LastingRoom> rooms_of(const std::string& text) {
  absl::StatusOr<std::vector<LastingRoom>> rooms = parse_rooms_file(text, "rooms");
  EXPECT_TRUE(rooms.ok()) << rooms.status();
  return rooms.ok() ? *std::move(rooms) : std::vector<LastingRoom>{};
}

std::string complaint_about(const std::string& text) {
  const absl::StatusOr<std::vector<LastingRoom>> rooms = parse_rooms_file(text, "rooms");
  EXPECT_TRUE(absl::IsInvalidArgument(rooms.status())) << text;
  return std::string(rooms.status().message());
}

TEST(RoomsFile, ALineIsARoomAndWhatHoldsForIt) {
  const std::vector<LastingRoom> rooms = rooms_of(
      "# ours\r\n"
      "\n"
      "lounge\r\n"
      "  \"board room\"\tpasscode=\"let me in\" most=12   # they are twelve\n"
      "Hội-trường most=200 texts=hosts passcode=a#b");
  ASSERT_EQ(3U, rooms.size());
  EXPECT_EQ("lounge", rooms[0].name);
  EXPECT_TRUE(rooms[0].rules.lasts);
  EXPECT_FALSE(rooms[0].rules.passcode);
  EXPECT_EQ(0U, rooms[0].rules.most_people);
  EXPECT_FALSE(rooms[0].rules.texts_for_hosts);
  EXPECT_EQ("board room", rooms[1].name);
  ASSERT_TRUE(rooms[1].rules.passcode);
  EXPECT_TRUE(rooms[1].rules.passcode->matches("let me in"));
  EXPECT_FALSE(rooms[1].rules.passcode->matches("let"));
  EXPECT_EQ(12U, rooms[1].rules.most_people);
  EXPECT_EQ("Hội-trường", rooms[2].name);
  ASSERT_TRUE(rooms[2].rules.passcode);
  EXPECT_TRUE(rooms[2].rules.passcode->matches("a#b"));
  EXPECT_TRUE(rooms[2].rules.texts_for_hosts);
}

TEST(RoomsFile, WithoutRoomsThereAreNone) {
  EXPECT_TRUE(rooms_of("").empty());
  EXPECT_TRUE(rooms_of("\n  # nothing\n").empty());
}

TEST(RoomsFile, WhatIsWrongIsSaidWithItsLineAndWithoutThePasscode) {
  EXPECT_EQ("rooms:2: the room Lounge is there already", complaint_about("lounge\nLounge most=3"));
  for (const char* const wrong : {"board room", "a most=0", "a most=x", "a most=", "a texts=all",
                                  "a \"b", "a passcode=", "a pass=secret", "a passcode=\"secret\"x",
                                  "a passcode=\"secret", "\"\"", "a\x01z passcode=secret",
                                  "a passcode=s\xc3\xa9"
                                  "cret"}) {
    const std::string complaint = complaint_about(std::string("lobby\n") + wrong);
    EXPECT_EQ(0U, complaint.find("rooms:2: ")) << complaint;
    EXPECT_EQ(std::string::npos, complaint.find("secret")) << complaint;
  }
}

TEST(RoomsFile, HasAnEnd) {
  std::string text;
  for (std::size_t i = 0; i <= kMaxLastingRooms; ++i) text += "room-" + std::to_string(i) + "\n";
  EXPECT_EQ("rooms:501: there may be no more than 500 rooms", complaint_about(text));
}

}  // namespace
}  // namespace comcat::server
