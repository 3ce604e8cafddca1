#include "client/known_network.h"

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

TEST(KnownNetwork, AnEvenWayLetsExpectLittleJitterAndAnUnevenOrUnknownOneTheUsual) {
  transport::PathStatus path;
  EXPECT_EQ(15ms, expected_jitter(path));
  path.spread = 300us;
  EXPECT_EQ(4ms, expected_jitter(path));
  path.spread = 40ms;
  EXPECT_EQ(15ms, expected_jitter(path));
}

}  // namespace
}  // namespace comcat::client
