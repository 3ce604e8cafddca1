#include "server/member_changes.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

wire::Member member() {
  wire::Member out;
  out.session = 7;
  out.name = "an";
  return out;
}

TEST(MemberChanges, OfTheSameNothingIsTold) {
  EXPECT_TRUE(changes_between(member(), member()).empty());
}

TEST(MemberChanges, EachFigureHasItsEvent) {
  wire::Member after = member();
  after.muted = after.deafened = after.recording = after.away = true;
  const wire::Events events = changes_between(member(), after);
  ASSERT_EQ(events.size(), 4);
  EXPECT_TRUE(std::get<wire::MuteChanged>(events[0]).muted);
  EXPECT_TRUE(std::get<wire::DeafenChanged>(events[1]).deafened);
  EXPECT_TRUE(std::get<wire::RecordingChanged>(events[2]).recording);
  EXPECT_EQ(std::get<wire::Away>(events[3]).session, 7);
  EXPECT_EQ(std::get<wire::Back>(changes_between(after, member())[3]).session, 7);
}

TEST(MemberChanges, WhatHasNoEventOfItsOwnIsToldWhole) {
  wire::Member after = member();
  after.twin = 2;
  after.muted = true;
  const wire::Events events = changes_between(member(), after);
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(std::get<wire::MemberChanged>(events[0]).member.twin, 2);
}

}  // namespace
}  // namespace comcat::server
