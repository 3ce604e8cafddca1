#include "wire/opus_frames.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::wire {
namespace {

using Frames = std::vector<std::string>;

constexpr char kToc = '\xe8';  // CELT, fullband, 5 ms, mono, one frame

std::string packet(unsigned code, const std::string& rest) {
  return static_cast<char>(static_cast<unsigned char>(kToc) | code) + rest;
}

/// Frames, each with the TOC of a packet of its own.
Frames alone(Frames frames) {
  for (std::string& frame : frames) frame.insert(0, 1, kToc);
  return frames;
}

TEST(OpusFrames, OneFrameStaysAsItIs) {
  EXPECT_EQ(alone({"abc"}), opus_frames(packet(0, "abc")));
  EXPECT_EQ(alone({""}), opus_frames(packet(0, ""))) << "DTX";
}

TEST(OpusFrames, TwoAreTakenApart) {
  EXPECT_EQ(alone({"ab", "cd"}), opus_frames(packet(1, "abcd")));
  EXPECT_EQ(alone({"a", "bcd"}), opus_frames(packet(2,
                                                    "\x01"
                                                    "abcd")));
}

TEST(OpusFrames, FourOfAnyLengthAreTakenApart) {
  EXPECT_EQ(alone({"a", "", "bcd", "ef"}), opus_frames(packet(3, std::string("\x84\x01\x00\x03"
                                                                             "abcdef",
                                                                             10))));
  EXPECT_EQ(alone({"a", "b", "c", "d"}), opus_frames(packet(3,
                                                            "\x04"
                                                            "abcd")));
}

TEST(OpusFrames, LengthsOfTwoBytesAreRead) {
  const std::string first(260, 'x');  // 252 + 4 * 2
  EXPECT_EQ(alone({first, "y"}), opus_frames(packet(2, "\xfc\x02" + first + "y")));
}

TEST(OpusFrames, PaddingIsLeftOut) {
  EXPECT_EQ(alone({"a", "b"}), opus_frames(packet(3,
                                                  "\x42\x02"
                                                  "abPP")));
}

TEST(OpusFrames, WhatIsMalformedComesBackWhole) {
  for (const std::string& malformed :
       {std::string(), packet(1, "abc"),
        packet(2,
               "\x09"
               "ab"),
        packet(3, ""), packet(3, std::string(1, '\0')), packet(3, "\x83\x01"),
        packet(3, "\x42\xff"), packet(3, "\x31"), packet(0, std::string(1276, 'x'))}) {
    EXPECT_EQ(Frames{malformed}, opus_frames(malformed));
  }
}

}  // namespace
}  // namespace comcat::wire
