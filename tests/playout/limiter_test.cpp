#include "comcat/playout/limiter.h"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

TEST(Limiter, LeavesOrdinarySoundAlone) {
  std::array<float, 4> samples{0.0F, 0.5F, -0.79F, kKnee};
  limit(samples);
  EXPECT_EQ((std::array<float, 4>{0.0F, 0.5F, -0.79F, kKnee}), samples);
}

TEST(Limiter, BendsLoudSoundBelowFullScale) {
  float before = kKnee;
  for (float size = 0.81F; size < 20; size *= 1.1F) {
    std::array<float, 2> samples{size, -size};
    limit(samples);
    EXPECT_LE(samples[0], 1.0F);
    EXPECT_GE(samples[0], before);  // louder in is never softer out
    EXPECT_EQ(samples[0], -samples[1]);
    before = samples[0];
  }
}

TEST(Limiter, NothingButFiniteSamplesComeOut) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::array<float, 3> samples{kInfinity, -kInfinity, std::nanf("")};
  limit(samples);
  EXPECT_EQ((std::array<float, 3>{1.0F, -1.0F, 0.0F}), samples);
}

}  // namespace
}  // namespace comcat::playout
