// Whether a chirp is found in what a microphone heard, and where.

#include "comcat/client/check_sounds.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/signal.h"

namespace comcat::client {
namespace {

constexpr std::size_t kAll = kChirps * kChirpEvery;

std::vector<float> mixed(std::vector<float> a, const std::vector<float>& b, float gain,
                         std::size_t at = 0) {
  for (std::size_t i = 0; i < b.size() && at + i < a.size(); ++i) a[at + i] += gain * b[i];
  return a;
}

std::vector<float> silence() {
  return std::vector<float>(kAll);
}

TEST(Chirps, AreFoundWhereTheyAreAndAsLoudAsTheyAre) {
  for (const std::size_t lag : {std::size_t{0}, std::size_t{480}, std::size_t{12'000}}) {
    const auto echo = find_chirps(mixed(silence(), chirps(), 0.1F, lag));
    ASSERT_TRUE(echo) << lag;
    EXPECT_NEAR(static_cast<double>(lag), static_cast<double>(echo->lag_samples), 8);
    EXPECT_NEAR(-20, echo->gain_db, 1);
  }
}

TEST(Chirps, AreFoundInNoiseThatIsLouder) {
  const auto noise = testing::make_speech(kAll, 7);
  const double chirp_dbfs = testing::rms_dbfs(chirp());
  const double noise_dbfs = testing::rms_dbfs(noise);
  const auto gain = static_cast<float>(std::pow(10, (noise_dbfs - chirp_dbfs - 6) / 20));
  const auto echo = find_chirps(mixed(noise, chirps(), gain, 4800));
  ASSERT_TRUE(echo);
  EXPECT_NEAR(4800, static_cast<double>(echo->lag_samples), 48);
}

TEST(Chirps, OfWhichOneIsLostAreFoundByTheOthers) {
  auto heard = mixed(silence(), chirps(), 0.5F, 2400);
  std::fill(heard.begin() + kChirpEvery, heard.begin() + 2 * kChirpEvery, 0.0F);
  EXPECT_TRUE(find_chirps(heard));
}

TEST(Chirps, AreNotFoundInWhatPeopleSayNorInTonesNorInNothing) {
  for (unsigned seed = 1; seed < 20; ++seed) {
    EXPECT_FALSE(find_chirps(testing::make_speech(kAll, seed))) << seed;
  }
  EXPECT_FALSE(find_chirps(testing::make_tone(440, kAll)));
  EXPECT_FALSE(find_chirps(testing::make_tone(1000, kAll)));
  EXPECT_FALSE(find_chirps(murmur(kAll)));
  EXPECT_FALSE(find_chirps(silence()));
  EXPECT_FALSE(find_chirps({}));
}

TEST(Chirps, TheMurmurIsAboutAsLoudAsSpeech) {
  EXPECT_NEAR(-25, testing::rms_dbfs(murmur(kAll)), 5);
}

}  // namespace
}  // namespace comcat::client
