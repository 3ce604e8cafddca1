// What editors make of a text file.

#include "comcat/base/text_decoder.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

using namespace std::string_literals;

/// As it is read from a pipe that gives one byte at a time.
std::string by_bytes(const std::string& bytes) {
  TextDecoder decoder;
  std::string out;
  for (const char byte : bytes) out += decoder.decode({&byte, 1});
  return out + decoder.finish();
}

void expect_text(const std::string& text, const std::string& bytes) {
  EXPECT_EQ(text, decode_text(bytes));
  EXPECT_EQ(text, by_bytes(bytes));
}

TEST(TextDecoder, WhatIsUtf8StaysAsItIs) {
  for (const std::string& text :
       {""s, "m"s, "mute\r\n"s, "xin ch\xC3\xA0o"s, "\xEF\xBB"s, "\xEF"s}) {
    expect_text(text, text);
  }
}

TEST(TextDecoder, AByteOrderMarkIsNoPartOfTheText) {
  expect_text("mute\n", "\xEF\xBB\xBFmute\n");
  expect_text("a\xEF\xBB\xBFz", "a\xEF\xBB\xBFz");  // it is one where a line begins
}

TEST(TextDecoder, NeitherAreTwoNorThoseOfJoinedFiles) {
  expect_text("mute\n", "\xEF\xBB\xBF\xEF\xBB\xBFmute\n");
  expect_text("mute\n", "\xFF\xFE\xFF\xFEm\0u\0t\0e\0\n\0"s);
  expect_text("who\r\nmute\n", "\xEF\xBB\xBFwho\r\n\xEF\xBB\xBFmute\n");
  expect_text("who\nmute\n", "\xFF\xFEw\0h\0o\0\n\0\xFF\xFEm\0u\0t\0e\0\n\0"s);
  expect_text("who\n\xEF\xBB", "who\n\xEF\xBB");
}

TEST(TextDecoder, Utf16OfEitherByteOrderIsRead) {
  expect_text("mute\n", "\xFF\xFEm\0u\0t\0e\0\n\0"s);
  expect_text("mute\n", "\xFE\xFF\0m\0u\0t\0e\0\n"s);
  expect_text("mute\n", "m\0u\0t\0e\0\n\0"s);
  expect_text("mute\n", "\0m\0u\0t\0e\0\n"s);
  expect_text("\xC3\xA0\xE8\xAA\x9E\xF0\x9F\x98\x80", "\xFF\xFE\xE0\0\x9E\x8A\x3D\xD8\x00\xDE"s);
}

TEST(TextDecoder, MalformedUtf16IsReplaced) {
  expect_text("a\xEF\xBF\xBDz",
              "\xFF\xFE"
              "a\0\x3D\xD8z\0"s);
  expect_text("a\xEF\xBF\xBDz",
              "\xFF\xFE"
              "a\0\x00\xDEz\0"s);
  expect_text("a\xEF\xBF\xBD",
              "\xFF\xFE"
              "a\0\x3D\xD8"s);
  expect_text("a\xEF\xBF\xBD",
              "\xFF\xFE"
              "a\0z"s);
}

}  // namespace
}  // namespace comcat::base
