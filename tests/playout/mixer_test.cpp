#include "comcat/playout/mixer.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/codec/encoder.h"

#include "support/tone.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// A client that says one endless tone, a 20 ms frame at a time.
class ToneSpeaker {
 public:
  ToneSpeaker(wire::SessionNumber id, double hertz, double amplitude)
      : id_(id), hertz_(hertz), amplitude_(amplitude) {}

  void send(Mixer& mixer, base::Time now) {
    const std::vector<float> frame = testing::tone(hertz_, amplitude_, 960, samples_);
    const auto packet = encoder_.encode(frame);
    mixer.insert({.speaker = id_,
                  .sequence = sequence_,
                  .timestamp = static_cast<std::uint32_t>(samples_),
                  .duration_samples = 960,
                  .payload = std::string(packet)},
                 now);
    ++sequence_;
    samples_ += frame.size();
  }

  /// Nothing for 20 ms: the timestamp goes on, the sequence does not.
  void pause() { samples_ += 960; }

 private:
  wire::SessionNumber id_;
  double hertz_;
  double amplitude_;
  codec::Encoder encoder_ = std::move(*codec::Encoder::create({.discontinuous = false}));
  std::uint32_t sequence_ = 0;
  std::uint64_t samples_ = 0;
};

TEST(Mixer, WhoIsNewWaitsLessWhereTheNetworkIsKnownToBeEven) {
  const auto target_at_first = [](Mixer& mixer, base::Time now) {
    ToneSpeaker(1, 300, 0.1).send(mixer, now);
    return mixer.stats().at(1).target_delay;
  };
  Mixer unknown;
  Mixer even;
  even.expect_jitter(4ms);
  EXPECT_LT(target_at_first(even, base::Time{1s}) + 5ms, target_at_first(unknown, base::Time{1s}));
}

/// The original client decoded every speaker through one decoder and one queue.
TEST(Mixer, ThreeSpeakersAtOnceAreAllHeardAndTheDelayDoesNotGrow) {
  Mixer mixer;
  std::array speakers{ToneSpeaker(1, 300, 0.1), ToneSpeaker(2, 700, 0.2),
                      ToneSpeaker(3, 1500, 0.15)};
  std::array<std::chrono::microseconds, 4> first{};
  std::vector<float> heard;
  for (base::Time now{}; now < base::Time{60s}; now += 10ms) {
    if (now.time_since_epoch() % 20ms == 0ms) {
      for (ToneSpeaker& speaker : speakers) speaker.send(mixer, now);
    }
    audio::Block block;
    mixer.pull(block, now);
    heard.insert(heard.end(), block.begin(), block.end());
    for (const auto& [id, stats] : mixer.stats()) {
      if (now == base::Time{5s}) first[id] = stats.delay;
      if (now > base::Time{5s}) {
        ASSERT_LE(stats.delay, first[id] + 10ms) << id;
      }
    }
  }
  const std::span last_second = std::span(heard).last(48'000);
  EXPECT_NEAR(0.10, testing::amplitude_at(300, last_second), 0.02);
  EXPECT_NEAR(0.20, testing::amplitude_at(700, last_second), 0.02);
  EXPECT_NEAR(0.15, testing::amplitude_at(1500, last_second), 0.02);
}

TEST(Mixer, IsSilentWithNobody) {
  Mixer mixer;
  audio::Block block;
  block.fill(1);
  mixer.pull(block, base::Time{});
  EXPECT_TRUE(std::ranges::all_of(block, [](float s) { return s == 0; }));
  EXPECT_TRUE(mixer.stats().empty());
}

TEST(Mixer, AMutedSpeakerIsNotHeardAndTheOthersAre) {
  Mixer mixer;
  ToneSpeaker loud(1, 300, 0.2);
  ToneSpeaker other(2, 700, 0.2);
  mixer.set_gain(1, 0);
  mixer.set_gain(2, 0.5F);
  std::vector<float> heard;
  for (base::Time now{}; now < base::Time{2s}; now += 10ms) {
    if (now.time_since_epoch() % 20ms == 0ms) {
      loud.send(mixer, now);
      other.send(mixer, now);
    }
    audio::Block block;
    mixer.pull(block, now);
    heard.insert(heard.end(), block.begin(), block.end());
  }
  const std::span last_second = std::span(heard).last(48'000);
  EXPECT_NEAR(0, testing::amplitude_at(300, last_second), 0.005);
  EXPECT_NEAR(0.1, testing::amplitude_at(700, last_second), 0.02);
}

TEST(Mixer, ManyLoudSpeakersStayWithinFullScale) {
  Mixer mixer;
  std::vector<ToneSpeaker> speakers;
  for (wire::SessionNumber id = 0; id < 8; ++id) speakers.emplace_back(id, 200 + 100 * id, 0.7);
  float peak = 0;
  for (base::Time now{}; now < base::Time{1s}; now += 10ms) {
    if (now.time_since_epoch() % 20ms == 0ms) {
      for (ToneSpeaker& speaker : speakers) speaker.send(mixer, now);
    }
    audio::Block block;
    mixer.pull(block, now);
    for (const float sample : block) peak = std::max(peak, std::abs(sample));
  }
  EXPECT_GT(peak, 0.8F);
  EXPECT_LE(peak, 1.0F);
}

/// One speaker, whom the listener has turned down to a half.
class TurnedDown : public ::testing::Test {
 protected:
  TurnedDown() { mixer_.set_gain(1, 0.5F); }

  /// Lets `duration` pass; returns how loud the speaker is in the last second of it.
  double pass(base::Duration duration, bool talking) {
    std::vector<float> heard(48'000);
    for (const base::Time end = now_ + duration; now_ < end; now_ += 10ms) {
      if (now_.time_since_epoch() % 20ms == 0ms)
        talking ? speaker_.send(mixer_, now_) : speaker_.pause();
      audio::Block block;
      mixer_.pull(block, now_);
      heard.insert(heard.end(), block.begin(), block.end());
    }
    return testing::amplitude_at(300, std::span(heard).last(48'000));
  }

  Mixer mixer_;
  ToneSpeaker speaker_{1, 300, 0.2};
  base::Time now_{};
};

TEST_F(TurnedDown, ASilentSpeakerIsFreedAndKeepsItsVolume) {
  pass(1s, true);
  EXPECT_EQ(1, mixer_.stats().size());
  pass(70s, false);
  EXPECT_TRUE(mixer_.stats().empty());
  EXPECT_NEAR(0.1, pass(2s, true), 0.02);
}

TEST_F(TurnedDown, WhoReturnsBeforeHisVoiceHasDrainedKeepsHisVolumeOverThePause) {
  pass(2s, true);
  mixer_.remove(1);          // to another room
  mixer_.set_gain(1, 0.5F);  // and back
  pass(2s, true);
  pass(2s, false);
  EXPECT_EQ(1, mixer_.stats().size());
  EXPECT_NEAR(0.1, pass(2s, true), 0.02);
  pass(70s, false);
  EXPECT_NEAR(0.1, pass(2s, true), 0.02);
}

TEST_F(TurnedDown, WhoseVoiceReturnsBeforeTheNewsOfItKeepsHisVolumeOverThePause) {
  pass(2s, true);
  mixer_.remove(1);
  pass(2s, true);
  pass(2s, false);
  EXPECT_NEAR(0.1, pass(2s, true), 0.02);
}

TEST_F(TurnedDown, WhoLeftIsFreedOnceHisVoiceHasDrainedAndHisVolumeForgotten) {
  pass(2s, true);
  mixer_.remove(1);
  EXPECT_EQ(1, mixer_.stats().size()) << "what is queued still plays";
  pass(2s, false);
  EXPECT_TRUE(mixer_.stats().empty());
  EXPECT_NEAR(0.2, pass(2s, true), 0.02);
}

TEST_F(TurnedDown, AStragglerOfOneWhoLeftDoesNotKeepHisVolumeForEver) {
  pass(2s, true);
  mixer_.remove(1);
  pass(20ms, true);
  pass(70s, false);
  EXPECT_TRUE(mixer_.stats().empty());
  EXPECT_NEAR(0.2, pass(2s, true), 0.02);
}

}  // namespace
}  // namespace comcat::playout
