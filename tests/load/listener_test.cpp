#include "comcat/load/listener.h"

#include <gtest/gtest.h>

#include "comcat/load/stamp.h"

namespace comcat::load {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kRun = 99;

base::Time at(std::chrono::milliseconds ms) {
  return base::Time(ms);
}

wire::VoicePacket frame(std::uint32_t speaker, std::uint32_t serial, std::chrono::milliseconds sent,
                        std::uint32_t run = kRun) {
  wire::VoicePacket out;
  out.payload = Stamp{std::chrono::nanoseconds(sent).count(), serial, speaker, run}.to_chunk(40);
  return out;
}

/// Client 0 of one room; frames sent between 100 and 200 ms count; two speakers are forwarded.
class AListener : public ::testing::Test {
 protected:
  AListener() {
    window_.begin(std::chrono::nanoseconds(100ms).count());
    window_.end(std::chrono::nanoseconds(200ms).count());
    window_.set_max_speakers(2);
  }
  Window window_{kRun, 1};
  Tally tally_;
  Listener listener_{0, window_, tally_};
};

TEST_F(AListener, MeasuresWhatItHears) {
  listener_.hear({frame(1, 1, 110ms)}, at(113ms));
  EXPECT_EQ(1U, tally_.delivered);
  EXPECT_EQ(3ms, tally_.latency.max());
}

TEST_F(AListener, CountsFramesNotMessages) {
  listener_.hear({frame(1, 1, 110ms), frame(1, 2, 130ms)}, at(131ms));
  EXPECT_EQ(2U, tally_.delivered);
  EXPECT_EQ(1U, tally_.messages);
}

TEST_F(AListener, LeavesOutTheWarmUpAndTheEnd) {
  listener_.hear({frame(1, 1, 99ms), frame(1, 2, 200ms)}, at(201ms));
  EXPECT_EQ(0U, tally_.delivered);
}

TEST_F(AListener, LeavesOutOtherPeople) {
  wire::VoicePacket other;
  other.payload = "x";
  listener_.hear({frame(1, 1, 110ms, kRun + 1), other}, at(120ms));
  EXPECT_EQ(0U, tally_.delivered);
  EXPECT_EQ(0U, tally_.unexpected);
}

TEST_F(AListener, DoesNotExpectItselfNorTheQuiet) {
  listener_.hear({frame(0, 1, 110ms), frame(2, 1, 110ms)}, at(120ms));
  EXPECT_EQ(0U, tally_.delivered);
  EXPECT_EQ(2U, tally_.unexpected);
}

TEST_F(AListener, CountsADuplicateOnceAndAnOvertakenFrameAsDelivered) {
  listener_.hear({frame(1, 1, 110ms), frame(1, 3, 150ms)}, at(151ms));
  listener_.hear({frame(1, 3, 150ms), frame(1, 2, 130ms)}, at(152ms));
  EXPECT_EQ(3U, tally_.delivered);
  EXPECT_EQ(1U, tally_.duplicates);
  EXPECT_EQ(1U, tally_.reordered);
}

TEST_F(AListener, OneThatStallsCountsNothingAndAfterwardsTellsHowOldItsVoiceWas) {
  listener_.exclude();
  listener_.hear({frame(1, 1, 110ms)}, at(111ms));
  EXPECT_FALSE(listener_.ages());
  listener_.resume();
  listener_.hear({frame(1, 2, 130ms)}, at(180ms));
  listener_.hear({frame(1, 3, 150ms)}, at(181ms));
  EXPECT_EQ(0U, tally_.delivered);
  ASSERT_TRUE(listener_.ages());
  EXPECT_EQ(50ms, listener_.ages()->first);
  EXPECT_EQ(50ms, listener_.ages()->oldest);
}

}  // namespace
}  // namespace comcat::load
