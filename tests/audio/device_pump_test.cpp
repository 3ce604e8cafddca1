#include "audio/device_pump.h"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "audio/fixtures.h"
#include "audio/shared_handlers.h"

namespace comcat::audio {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Time kStart{seconds(100)};

/// The pump's turns until `until`, each of which is done `late` after it was due.
void run(PlaybackPump& pump, base::Time& next, base::Time until, milliseconds late = {}) {
  while (next < until) {
    const base::Time due = next;
    next = pump.step(due);
    pump.done(due + late);
  }
}

/// A stream, and a device that does with it what a test says.
struct Rig {
  std::unique_ptr<SharedStream> stream = std::make_unique<SharedStream>();

  void deliver(std::size_t samples, float value) {
    const std::size_t taken = stream->ring.write(std::vector<float>(samples, value));
    stream->counters.requested += samples;
    stream->counters.missed += samples - taken;
  }
  std::vector<float> take(std::size_t samples, base::Time now) {
    std::vector<float> out(samples, 9.0F);
    stream->ring.read(out);
    const DeviceTurn turn{now, static_cast<std::uint32_t>(samples)};
    stream->turns.write({&turn, 1});
    return out;
  }
};

TEST(CapturePump, HandsOnWhatWasCapturedWholeAndInOrder) {
  Rig rig;
  Recorder recorder;
  CapturePump pump(*rig.stream, recorder);
  rig.deliver(4096, 0.1F);
  rig.deliver(64, 0.2F);
  pump.step(kStart);
  std::vector<float> expected(4096, 0.1F);
  expected.resize(4160, 0.2F);
  EXPECT_EQ(expected, recorder.wait_for(4160));
}

TEST(CapturePump, ThrowsAwayWhatHasGrownStaleWhileItWasStopped) {
  Rig rig;
  Recorder recorder;
  CapturePump pump(*rig.stream, recorder);
  for (int i = 0; i < 100; ++i) rig.deliver(480, 0.1F);  // a second; the ring holds a third
  pump.step(kStart);
  EXPECT_TRUE(recorder.wait_for(0).empty());
  rig.deliver(480, 0.2F);
  pump.step(kStart);
  EXPECT_EQ(std::vector<float>(480, 0.2F), recorder.wait_for(480));
}

/// For so long a reserve is larger than needed on a calm machine.
constexpr auto kCautious = seconds(20);

class PeriodsOfThePump : public ::testing::TestWithParam<std::size_t> {};

TEST_P(PeriodsOfThePump, OfAnyLengthAreServedWithoutAGapAndTheDelayIsTold) {
  Rig rig;
  Player player(std::vector<float>(40 * kSampleRate, 0.5F));
  PlaybackPump pump(*rig.stream, player);
  base::Time next = pump.step(kStart);
  const std::size_t period = GetParam();
  const auto every = microseconds(period * 1'000'000 / kSampleRate);
  for (base::Time now = kStart; now < kStart + seconds(30); now += every) {
    run(pump, next, now);
    const std::vector<float> out = rig.take(period, now);
    if (now > kStart + seconds(2)) {
      EXPECT_EQ(std::vector<float>(period, 0.5F), out);
    }
  }
  const std::size_t by_clock = period - std::min(period, kBlockSamples);
  const auto least = microseconds(by_clock * 1'000'000 / kSampleRate);
  EXPECT_GE(pump.figures().delay, least + milliseconds(1));
  EXPECT_LE(pump.figures().delay, least + milliseconds(3));
}

INSTANTIATE_TEST_SUITE_P(OfADevice, PeriodsOfThePump,
                         ::testing::Values(64, 128, 480, 512, 1024, 2048, 4096));

TEST(PlaybackPump, RendersAPeriodOnceAndShortlyBeforeTheDeviceTakesIt) {
  Rig rig;
  Player player({});
  PlaybackPump pump(*rig.stream, player);
  base::Time next = pump.step(kStart);
  for (base::Time now = kStart; now < kStart + kCautious + seconds(5); now += milliseconds(10)) {
    run(pump, next, now - milliseconds(4));
    if (now > kStart + kCautious) {
      EXPECT_EQ(0U, rig.stream->ring.size());
    }
    run(pump, next, now);
    if (now > kStart + kCautious) {
      EXPECT_EQ(480U, rig.stream->ring.size());
    }
    EXPECT_LE(480U, rig.stream->ring.size());
    rig.take(480, now);
  }
}

TEST(PlaybackPump, ThatIsDoneLateBeginsSooner) {
  Rig rig;
  Player player({});
  PlaybackPump pump(*rig.stream, player);
  base::Time next = pump.step(kStart);
  int played = -1;
  const auto play = [&](int periods, milliseconds late) {
    for (int i = 0; i < periods; ++i) {
      const base::Time turn = kStart + milliseconds(10) * ++played;
      run(pump, next, turn, late);
      rig.take(480, turn);
    }
  };
  play(2500, milliseconds(0));
  const auto before = pump.figures().delay;
  play(100, milliseconds(4));
  EXPECT_EQ(before + milliseconds(5), pump.figures().delay);
}

/// Plays silence, and remembers what it is told of the device.
struct Listener final : RenderHandler {
  void on_render(std::span<float> out) noexcept override {
    std::fill(out.begin(), out.end(), 0.0F);
    rendered += out.size();
  }
  void on_turn(const RenderTurn& turn) noexcept override { turns.push_back(turn); }

  std::size_t rendered = 0;
  std::vector<RenderTurn> turns;
};

TEST(PlaybackPump, TellsOfEachTurnWhatWasPlayedAndWhatWasSilence) {
  Rig rig;
  SharedRender device(*rig.stream);
  Listener listener;
  PlaybackPump pump(*rig.stream, listener);
  std::vector<float> played(256);
  std::size_t taken = 0;
  std::size_t missed = 0;
  for (int i = 0; i < 600; ++i) {
    if (i < 200 || i >= 500) pump.step(base::steady_now());  // the thread is away meanwhile
    const std::size_t there = std::min(rig.stream->ring.size(), played.size());
    device.on_render(played);
    taken += there;
    missed += played.size() - there;
  }
  const std::size_t rendered = listener.rendered;
  pump.step(base::steady_now());
  ASSERT_FALSE(listener.turns.empty());
  std::size_t told = 0;
  for (const RenderTurn& turn : listener.turns) told += turn.missed;
  EXPECT_EQ(missed, told) << "of those that nobody has read, too";
  EXPECT_EQ(rendered - taken, listener.turns.back().waiting);
}

}  // namespace
}  // namespace comcat::audio
