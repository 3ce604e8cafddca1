#include "comcat/playout/drift_meter.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "comcat/playout/micros.h"

namespace comcat::playout {
namespace {

TEST(DriftMeter, FindsTheClocksRatioUnderJitter) {
  for (const double ppm : {-200.0, 0.0, 200.0}) {
    std::mt19937 random(1);
    std::exponential_distribution<double> jitter_us(1.0 / 5000);
    DriftMeter meter;
    for (std::int64_t i = 0; i < 15'000; ++i) {  // five minutes
      const double sent_us = static_cast<double>(i) * 20'000 / (1 + ppm * 1e-6);
      meter.insert(i * 960, base::Time{Micros(std::llround(sent_us + jitter_us(random)))});
    }
    EXPECT_NEAR(ppm, meter.ppm(), 10);
  }
}

}  // namespace
}  // namespace comcat::playout
