#include "comcat/client/report.h"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

std::string json(Value value) {
  return to_json(Object().with("v", std::move(value)));
}

TEST(Json, NumbersTextsAndLists) {
  EXPECT_EQ("{}", to_json(Object()));
  EXPECT_EQ(R"({"v":true})", json(true));
  EXPECT_EQ(R"({"v":-9223372036854775808})", json(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(R"({"v":1.5})", json(1.5));
  EXPECT_EQ(R"({"v":[]})", json(std::vector<Object>{}));
  EXPECT_EQ(R"({"v":[{"a":"x"},{}]})",
            json(std::vector<Object>{Object().with("a", "x"), Object()}));
}

TEST(Json, WhatJsonDoesNotKnowIsNull) {
  EXPECT_EQ(R"({"v":null})", json(std::nan("")));
  EXPECT_EQ(R"({"v":null})", json(HUGE_VAL));
}

TEST(Json, EveryLineIsOneLineWhateverIsInIt) {
  EXPECT_EQ(R"({"v":"a\"b\\c\nd\te\u0001\u001b\u007f"})", json("a\"b\\c\nd\te\x01\x1b\x7f"));
  EXPECT_EQ(R"({"v":"\u0000"})", json(std::string(1, '\0')));
  EXPECT_EQ("{\"v\":\"Thư 🎙\"}", json("Thư 🎙"));
  EXPECT_EQ("{\"v\":\"\xEF\xBF\xBD\"}", json("\xFF"));
}

TEST(Report, HasItsWordItsTextAndItsDetails) {
  EXPECT_EQ(R"({"event":"joined","text":"an joined","session":7})",
            to_json(Report("joined", "an joined").with("session", std::int64_t{7})));
}

}  // namespace
}  // namespace comcat::client
