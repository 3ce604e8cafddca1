#include "comcat/cluster/part_sender.h"

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/cluster/session_number.h"

namespace comcat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr wire::NodeNumber kSelf = 1;

struct PartSenderTest : testing::Test {
  RoomTable table{"den", "den", kSelf};
  PartSender sender;
  std::uint64_t version = 10;
  base::Time now = base::Time{} + 1h;

  void put(std::uint32_t own, bool muted = false) {
    wire::Resident who;
    who.member.session = session_number(kSelf, own);
    who.member.name = "n" + std::to_string(own);
    who.member.muted = muted;
    table.put(who, now);
  }
  std::vector<wire::NodeBody> poll(base::Duration later = {}) {
    now += later;
    return sender.poll(table, version, now);
  }
  static const wire::RoomPart& part(const std::vector<wire::NodeBody>& bodies) {
    return std::get<wire::RoomPart>(bodies.at(0));
  }
};

TEST_F(PartSenderTest, TheFirstChangeIsSaidAtOnceAndThoseThatFollowTogether) {
  put(1);
  EXPECT_EQ(1U, part(poll()).residents.size());
  put(2);
  EXPECT_TRUE(poll(10ms).empty());
  put(3);
  EXPECT_TRUE(poll(10ms).empty());
  EXPECT_EQ(3U, part(poll(80ms)).residents.size());
  EXPECT_EQ(12U, version);
}

TEST_F(PartSenderTest, ItIsSaidAgainSoonAndThenEachTwoSeconds) {
  put(1);
  const auto first = poll();
  EXPECT_TRUE(poll(499ms).empty());
  EXPECT_EQ(part(first).version, part(poll(1ms)).version);
  EXPECT_TRUE(poll(1999ms).empty());
  EXPECT_EQ(1U, part(poll(1ms)).residents.size());
}

TEST_F(PartSenderTest, ThatNobodyIsLeftIsSaidSomeTimesAndNoMore) {
  put(1);
  static_cast<void>(poll());
  table.remove(session_number(kSelf, 1), wire::LeaveReason::kStopped, "", now);
  int said = 0;
  for (int i = 0; i < 400; ++i) {
    for (const wire::NodeBody& body : poll(100ms)) {
      EXPECT_TRUE(std::get<wire::RoomPart>(body).residents.empty());
      ++said;
    }
  }
  EXPECT_EQ(PartSender::kFarewells, said);
  EXPECT_TRUE(sender.is_done(table));
}

TEST_F(PartSenderTest, OfManyPeopleOnlyTheChangeIsSaidAtOnceAndAllOfThemSoon) {
  for (std::uint32_t own = 1; own <= 600; ++own) put(own);
  EXPECT_EQ(3U, poll().size());  // pages
  put(7, /*muted=*/true);
  const auto change = poll(100ms);
  ASSERT_EQ(1U, change.size());
  const auto& delta = std::get<wire::RoomDelta>(change[0]);
  EXPECT_EQ(11U, delta.base);
  EXPECT_EQ(12U, delta.version);
  EXPECT_EQ(1U, delta.changed.size());
  EXPECT_EQ(3U, poll(500ms).size());
}

TEST_F(PartSenderTest, WhoeverAsksGetsAllOnceItHasBeenSaid) {
  EXPECT_TRUE(sender.whole(table, now).empty());
  put(1);
  EXPECT_TRUE(sender.whole(table, now).empty());
  static_cast<void>(poll());
  EXPECT_EQ(1U, part(sender.whole(table, now)).residents.size());
}

}  // namespace
}  // namespace comcat::cluster
