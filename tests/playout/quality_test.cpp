// Speech through playout stays speech: what stalls, stretches and losses do to a sine, and an hour
// of two sound cards that disagree.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/codec/encoder.h"
#include "comcat/playout/speaker_playout.h"

#include "playout/sine_decoder.h"
#include "support/tone.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

constexpr double kHertz = 440;
constexpr int kFrames = 1500;  // 30 s

/// What the network does to the packet of number n, sent at 20 ms x n: how late it is, below 0
/// lost.
struct Network {
  const char* name;
  std::function<double(int)> late_ms;
  bool in_order = true;
};

double stalled(int n, int every, int length_ms) {
  const int since = 20 * (n % every);
  return n >= every && since < length_ms ? length_ms - since : 0;
}

std::vector<Network> networks() {
  return {
      {"prompt", [](int) { return 0.0; }},
      {"stalls of 150 ms", [](int n) { return stalled(n, 100, 150); }},
      {"stalls of 250 ms", [](int n) { return stalled(n, 130, 250); }},
      {"stalls of 400 ms", [](int n) { return stalled(n, 170, 400); }},
      {"a stall of 900 ms", [](int n) { return stalled(n, 700, 900); }},
      {"a step of 80 ms and back", [](int n) { return n > 500 && n < 1000 ? 80.0 : 0.0; }},
      {"jitter", [](int n) { return (n * 7919 % 13) * 7.0; }},
      {"loss", [](int n) { return n % 40 == 7 ? -1.0 : 0.0; }},
      {"bursty loss", [](int n) { return n % 100 > 95 ? -1.0 : 0.0; }},
      {"reordering", [](int n) { return n % 20 == 3 ? 45.0 : 0.0; }, false},
      {"a queue that grows and drains",
       [](int n) { return std::max(0.0, 300.0 - 2 * std::abs(n % 300 - 150)); }},
      {"an outage of 1200 ms", [](int n) { return stalled(n, 700, 1200); }},
  };
}

struct Sent {
  base::Time at;
  int number;
};

std::vector<Sent> arrivals(const Network& network) {
  std::vector<Sent> all;
  base::Time latest{};
  for (int n = 0; n < kFrames; ++n) {
    const double late = network.late_ms(n);
    if (late < 0) continue;
    base::Time at{20ms * n + std::chrono::microseconds(static_cast<std::int64_t>(1000 * late))};
    if (network.in_order) latest = at = std::max(at, latest);
    all.push_back({at, n});
  }
  std::ranges::stable_sort(all, {}, &Sent::at);
  return all;
}

/// What a sound card may ask for at a time, in units of 2.5 ms.
constexpr std::array kPulls{1, 2, 4};

/// Everything that `speaker` plays of what `opus(n)` makes of each arrival, `pull` x 2.5 ms at a
/// time.
template <typename MakeOpus>
std::vector<float> listen(SpeakerPlayout& speaker, const Network& network, int pull,
                          MakeOpus opus) {
  const std::vector<Sent> all = arrivals(network);
  std::vector<float> heard;
  auto next = all.begin();
  for (base::Time now{5ms}; now < base::Time{20ms * kFrames}; now += pull * 2500us) {
    for (; next != all.end() && next->at <= now; ++next) {
      wire::VoicePacket packet = numbered_packet(static_cast<std::uint32_t>(next->number));
      packet.payload = opus(next->number);
      speaker.insert(packet, next->at);
    }
    std::vector<float> samples(static_cast<std::size_t>(pull) * 120);
    speaker.pull(samples, now);
    heard.insert(heard.end(), samples.begin(), samples.end());
  }
  return heard;
}

float largest_jump(std::span<const float> samples) {
  float largest = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    largest = std::max(largest, std::abs(samples[i] - samples[i - 1]));
  }
  return largest;
}

/// The frequency of the median period (a splice may shift the phase, never the pitch); 0 where
/// there are too few periods.
double pitch(std::span<const float> samples) {
  double last = -1;
  std::vector<double> periods;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i - 1] >= 0 || samples[i] < 0) continue;
    const double rise = static_cast<double>(i) - samples[i] / (samples[i] - samples[i - 1]);
    if (last >= 0) periods.push_back(rise - last);
    last = rise;
  }
  if (periods.size() < 10) return 0;
  std::ranges::nth_element(periods, periods.begin() + periods.size() / 2);
  return 48'000 / periods[periods.size() / 2];
}

/// The largest relative error of pitch over windows of 100 ms that are loud throughout (fades and
/// the silence of long stalls have no pitch).
double pitch_error(std::span<const float> samples) {
  constexpr std::size_t kWindow = 4800;
  double largest = 0;
  for (std::size_t at = 48'000; at + kWindow <= samples.size(); at += kWindow) {
    const std::span window = samples.subspan(at, kWindow);
    bool loud = true;
    for (std::size_t i = 0; i < kWindow; i += 240) {
      loud = loud && std::ranges::max(window.subspan(i, 240)) > 0.4F;
    }
    if (loud) largest = std::max(largest, std::abs(pitch(window) / kHertz - 1));
  }
  return largest;
}

void expect_whole(std::span<const float> heard, const char* network, int pull) {
  const float clean = largest_jump(testing::tone(kHertz, 0.5, 4800));
  EXPECT_LE(largest_jump(heard), 3 * clean) << network << ", pull " << pull;
  EXPECT_LT(pitch_error(heard), 0.01) << network << ", pull " << pull;
}

TEST(Quality, ASineStaysASineThroughEveryNetwork) {
  for (const Network& network : networks()) {
    for (const int pull : kPulls) {
      DecoderLog log;
      SineDecoders decoders(log, kHertz);
      SpeakerPlayout speaker({}, decoders);
      const auto opus = [](int n) { return numbered_opus(static_cast<std::uint32_t>(n)); };
      expect_whole(listen(speaker, network, pull, opus), network.name, pull);
    }
  }
}

TEST(Quality, ASineThroughOpusStaysASineThroughEveryNetwork) {
  auto encoder = codec::Encoder::create({.bitrate_bps = 64'000, .discontinuous = false});
  std::vector<std::string> packets;
  for (int n = 0; n < kFrames; ++n) {
    packets.emplace_back(encoder->encode(testing::tone(kHertz, 0.5, 960, std::uint64_t(n) * 960)));
  }
  for (const Network& network : networks()) {
    for (const int pull : kPulls) {
      SpeakerPlayout speaker({});
      const auto opus = [&](int n) { return packets[n]; };
      expect_whole(listen(speaker, network, pull, opus), network.name, pull);
    }
  }
}

/// An hour of a speaker whose clock is `ppm` fast, with some jitter: the most that was stretched in
/// any second, and the range of the delay after the first minute.
void expect_held_for_an_hour(double ppm) {
  DecoderLog log;
  SineDecoders decoders(log, kHertz);
  SpeakerPlayout speaker({}, decoders);
  std::minstd_rand random(1);
  const auto sent = [&](std::int64_t n) {
    return base::Time{std::chrono::microseconds(
        std::llround(static_cast<double>(n) * 20'000 / (1 + ppm * 1e-6)))};
  };
  std::int64_t next = 0;
  base::Time arrival{};
  PlayoutStats before;
  for (base::Time now{5ms}; now < base::Time{3600s}; now += 10ms) {
    for (; arrival <= now; arrival = sent(next) + (random() % 2000) * 1us) {
      speaker.insert(numbered_packet(static_cast<std::uint32_t>(next)), arrival);
      ++next;
    }
    audio::Block block;
    speaker.pull(block, now);
    if ((now - 5ms).time_since_epoch() % 1s != 0ms) continue;
    const PlayoutStats stats = speaker.stats();
    const auto stretched = stats.accelerated_samples + stats.expanded_samples -
                           before.accelerated_samples - before.expanded_samples;
    before = stats;
    if (now < base::Time{60s}) continue;
    ASSERT_LE(stretched, 720) << "a step of more than 15 ms";
    ASSERT_LE(stats.delay, 45ms);
    ASSERT_GE(stats.delay, 5ms);
  }
  log.decoded.clear();
  const PlayoutStats stats = speaker.stats();
  EXPECT_NEAR(ppm, stats.drift_ppm, 10);
  EXPECT_EQ(0, stats.lost_frames + stats.late_frames);
  EXPECT_LT(stats.concealed_samples, 480);
  // 200 ppm of an hour is 720 ms; what was stretched beyond that was moved to and fro.
  EXPECT_LT(stats.accelerated_samples + stats.expanded_samples, 3 * 720 * 48);
}

TEST(Quality, AFasterClockIsHeldForAnHour) {
  expect_held_for_an_hour(200);
}
TEST(Quality, ASlowerClockIsHeldForAnHour) {
  expect_held_for_an_hour(-200);
}

}  // namespace
}  // namespace comcat::playout
