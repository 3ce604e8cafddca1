#include "server/repeater.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "comcat/datagram/packet.h"

namespace comcat::server {
namespace {

using namespace std::chrono_literals;
using base::Time;
using ::testing::ElementsAre;

Payload frame(const std::string& bytes) {
  return std::make_shared<const std::string>(bytes);
}

/// What leaves in place of `frames`.
std::vector<std::string> leaves(Repeater& repeater, std::vector<Payload> frames) {
  repeater.add_last(frames);
  std::vector<std::string> out;
  for (const Payload& one : frames) out.push_back(*one);
  return out;
}

TEST(Repeater, SendsEachFrameAgainWithTheNext) {
  Repeater repeater;
  ASSERT_TRUE(repeater.goes_on(0.05, Time(1s)));
  EXPECT_THAT(leaves(repeater, {frame("a")}), ElementsAre("a"));
  EXPECT_THAT(leaves(repeater, {frame("b"), frame("c")}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(leaves(repeater, {frame("d")}), ElementsAre("b", "c", "d")) << "and not a third time";
}

TEST(Repeater, RepeatsNothingThatWouldNeedASecondDatagram) {
  Repeater repeater;
  ASSERT_TRUE(repeater.goes_on(0.05, Time(1s)));
  const std::string large(datagram::kMaxBodyBytes - 1, 'x');
  leaves(repeater, {frame(large)});
  EXPECT_THAT(leaves(repeater, {frame("bc")}), ElementsAre("bc"));
  EXPECT_THAT(leaves(repeater, {frame("d")}), ElementsAre("bc", "d"));
}

TEST(Repeater, EndsSomeSecondsAfterTheLoss) {
  Repeater repeater;
  EXPECT_TRUE(repeater.goes_on(0.05, Time(1s)));
  EXPECT_TRUE(repeater.goes_on(0, Time(7s)));
  EXPECT_FALSE(repeater.goes_on(0, Time(8s)));
}

TEST(Repeater, MakesNoCongestionWorse) {
  Repeater repeater;
  repeater.sent(0, Time(1s));
  repeater.told({1, 1}, Time(1050ms));
  repeater.sent(1, Time(1100ms));
  repeater.told({2, 2}, Time(1400ms));
  EXPECT_TRUE(repeater.goes_on(0.05, Time(1400ms)));
  leaves(repeater, {frame("a")});
  EXPECT_THAT(leaves(repeater, {frame("b")}), ElementsAre("b"));
}

}  // namespace
}  // namespace comcat::server
