#include "client/path_news.h"

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using datagram::Way;
using transport::PathStatus;
using Phase = PathStatus::Phase;

PathStatus status(Phase phase, Way up, Way down = Way::kStream) {
  PathStatus out;
  out.offered = true;
  out.phase = phase;
  out.up = up;
  out.down = down;
  return out;
}

TEST(PathNews, TellProgramsOfEachOtherWay) {
  PathNews news;
  const auto first = news.note(status(Phase::kStarting, Way::kStream)).changed;
  ASSERT_TRUE(first);
  EXPECT_EQ(R"({"event":"path","text":"your voice goes by the stream, the others' comes by the )"
            R"(stream","up":"stream","down":"stream"})",
            to_json(*first));
  const auto second = news.note(status(Phase::kInUse, Way::kDatagram, Way::kBoth)).changed;
  ASSERT_TRUE(second);
  EXPECT_EQ("your voice goes by datagrams, the others' comes both ways", second->text);
  EXPECT_FALSE(news.note(status(Phase::kInUse, Way::kDatagram, Way::kBoth)).changed);
}

TEST(PathNews, TellPeopleOnceThatUdpIsBlockedWhenAThirdTryHasFailed) {
  PathNews news;
  EXPECT_FALSE(news.note(status(Phase::kStarting, Way::kStream)).blocked);
  EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked) << "it may come back";
  EXPECT_FALSE(news.note(status(Phase::kTrying, Way::kStream)).blocked);
  EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked) << "all may be dead";
  EXPECT_FALSE(news.note(status(Phase::kTrying, Way::kStream)).blocked);
  EXPECT_TRUE(news.note(status(Phase::kClosed, Way::kStream)).blocked);
  EXPECT_FALSE(news.note(status(Phase::kTrying, Way::kStream)).blocked);
  EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked);
}

TEST(PathNews, TellPeopleNothingOfDatagramsWhereAnOutageStoppedThemAsWell) {
  PathNews news;
  for (int outage = 0; outage < 3; ++outage) {
    EXPECT_FALSE(news.note(status(Phase::kInUse, Way::kDatagram)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kTrying, Way::kStream)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked);
    news.interrupt();
    EXPECT_FALSE(news.note(status(Phase::kStarting, Way::kStream)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked);
  }
}

TEST(PathNews, TellPeopleNothingWhereDatagramsComeBack) {
  PathNews news;
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(news.note(status(Phase::kInUse, Way::kDatagram)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kDoubtful, Way::kBoth)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kClosed, Way::kStream)).blocked);
    EXPECT_FALSE(news.note(status(Phase::kTrying, Way::kStream)).blocked);
  }
}

}  // namespace
}  // namespace comcat::client
