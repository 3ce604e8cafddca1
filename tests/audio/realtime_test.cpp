// What runs on a sound card's thread allocates, locks and waits for nothing. A program of its own,
// because it stands in front of malloc and the locks.

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "comcat/audio/frame.h"

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "audio/capture_converter.h"
#include "audio/device_callback.h"
#include "audio/device_choice.h"
#include "audio/device_stream.h"
#include "audio/playback_converter.h"
#include "audio/portaudio_session.h"
#include "audio/shared_handlers.h"
#include "support/jack_rig.h"
#include "support/no_alloc.h"

namespace comcat::audio {
namespace {

using testing::NoAlloc;
using testing::RealtimeSins;

constexpr RealtimeSins kNone{};

/// 50 device buffers of awkward sizes through PortAudio's callback.
RealtimeSins sins_of(DeviceCallback& callback, bool input, std::size_t channels,
                     PaStreamCallbackFlags flags = 0) {
  std::vector<float> buffer(4096 * channels);
  const unsigned long sizes[] = {480, 1, 1024, 333, 4096, 64};
  const NoAlloc counting;
  for (int i = 0; i < 50; ++i) {
    DeviceCallback::on_audio(input ? buffer.data() : nullptr, input ? nullptr : buffer.data(),
                             sizes[i % 6], nullptr, flags, &callback);
  }
  return counting.sins();
}

/// What stands between a sound card's thread and comcat. Its ring takes what one test gives it, and
/// then no more: both are tried.
struct Shared {
  SharedStream stream;
  SharedCapture capture{stream};
  SharedRender render{stream};
  DeviceCallback callback{stream.counters};
};

class Formats : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(Formats, TheCaptureCallbackIsWithoutSin) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  const auto [channels, rate_hz] = GetParam();
  const auto shared = std::make_unique<Shared>();
  shared->callback.prepare(std::make_unique<CaptureConverter>(shared->capture, channels, rate_hz),
                           rate_hz);
  EXPECT_EQ(kNone, sins_of(shared->callback, true, static_cast<std::size_t>(channels)));
  EXPECT_GT(shared->stream.ring.size(), 0U);
  EXPECT_GT(shared->stream.counters.missed, 0U) << "the full ring was tried too";
}

TEST_P(Formats, ThePlaybackCallbackIsWithoutSin) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  const auto [channels, rate_hz] = GetParam();
  const auto shared = std::make_unique<Shared>();
  shared->callback.prepare(std::make_unique<PlaybackConverter>(shared->render, channels, rate_hz),
                           rate_hz);
  shared->stream.ring.write(std::vector<float>(4'000, 0.25F));
  EXPECT_EQ(kNone, sins_of(shared->callback, false, static_cast<std::size_t>(channels)));
  EXPECT_EQ(0U, shared->stream.ring.size());
  EXPECT_GT(shared->stream.counters.missed, 0U) << "running dry was tried too";
}

INSTANTIATE_TEST_SUITE_P(AnyDevice, Formats,
                         ::testing::Combine(::testing::Values(1, 2, 8),
                                            ::testing::Values(8'000, 44'100, 48'000, 96'000)));

TEST(DeviceCallback, CountsCallsAndLostSamples) {
  const auto shared = std::make_unique<Shared>();
  const DeviceCounters& counters = shared->stream.counters;
  shared->callback.prepare(std::make_unique<PlaybackConverter>(shared->render, 1, kSampleRate),
                           kSampleRate);
  sins_of(shared->callback, false, 1);
  EXPECT_EQ(50U, counters.calls);
  EXPECT_EQ(0U, counters.xruns);
  sins_of(shared->callback, false, 1, paOutputUnderflow);
  EXPECT_EQ(100U, counters.calls);
  EXPECT_EQ(50U, counters.xruns);
  EXPECT_FALSE(counters.finished);
  DeviceCallback::on_finished(&shared->callback);
  EXPECT_TRUE(counters.finished);
}

TEST(SharedRender, ADeviceThatIsNotFedPlaysSilenceAndItIsCounted) {
  const auto shared = std::make_unique<Shared>();
  std::vector<float> samples(480, 9.0F);
  shared->render.on_render(samples);
  EXPECT_EQ(std::vector<float>(480, 0.0F), samples);
  EXPECT_EQ(0U, shared->stream.counters.missed) << "nothing was promised yet";
  shared->stream.ring.write(std::vector<float>(960, 0.5F));
  std::vector<float> many(4800, 9.0F);
  shared->render.on_render(many);
  EXPECT_EQ(4800U - 960, shared->stream.counters.missed) << "two blocks were there";
  EXPECT_EQ(0.5F, many[959]);
  EXPECT_EQ(0.0F, many.back());
}

/// Counts from one callback to the next, so that PortAudio's and JACK's share is in it, too.
struct Watched final : StreamProcessor {
  static constexpr int kCalls = 50;

  explicit Watched(int channel_count) : channels(static_cast<std::size_t>(channel_count)) {}

  void process(const float*, float* out, std::size_t frames) noexcept override {
    if (out != nullptr) std::fill_n(out, frames * channels, 0.0F);
    if (calls == kCalls) return;
    if (calls++ == 0) return counting.emplace(), void();
    if (calls < kCalls) return;
    sins = counting->sins();
    counting.reset();
    done.Notify();
  }

  const std::size_t channels;
  int calls = 0;
  std::optional<NoAlloc> counting;
  RealtimeSins sins;
  absl::Notification done;
};

TEST(JackThread, NeitherAllocatesNorLocksBetweenCallbacks) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  COMCAT_JACK_RIG_OR_SKIP(rig);
  const auto session = PortAudioSession::open();
  ASSERT_TRUE(session.ok()) << session.status();
  for (const Direction direction : {Direction::kInput, Direction::kOutput}) {
    Watched* watched = nullptr;
    DeviceCounters counters;
    const auto make_processor = [&](int channels, int) {
      auto made = std::make_unique<Watched>(channels);
      watched = made.get();
      return made;
    };
    const auto device = choose_device(session->devices(), "", direction);
    ASSERT_TRUE(device.ok());
    const auto stream = DeviceStream::open(*device, direction, make_processor, counters);
    ASSERT_TRUE(stream.ok()) << stream.status();
    ASSERT_TRUE(watched->done.WaitForNotificationWithTimeout(absl::Seconds(20)));
    EXPECT_EQ(0, watched->sins.allocations) << flag_of(direction);
    EXPECT_EQ(0, watched->sins.locks) << flag_of(direction);  // PortAudio tries one each period
  }
  PortAudioSession::close();
}

// The counter itself.

TEST(NoAlloc, SeesAllocations) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  const NoAlloc counting;
  std::string text(1000, 'x');
  text += std::string(2000, 'y');
  EXPECT_GE(counting.sins().allocations, 3);
  EXPECT_EQ(0, counting.sins().locks);
}

TEST(NoAlloc, SeesStandardMutexesAndConditions) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  std::mutex mutex;
  std::condition_variable condition;
  const NoAlloc counting;
  std::unique_lock<std::mutex> lock(mutex);
  condition.wait_for(lock, std::chrono::microseconds(1));
  EXPECT_EQ(1, counting.sins().locks);
  EXPECT_EQ(1, counting.sins().waits);
}

TEST(NoAlloc, SeesAbseilMutexes) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  absl::Mutex mutex;
  const NoAlloc counting;
  { const absl::MutexLock lock(&mutex); }
  { const absl::ReaderMutexLock lock(&mutex); }
  EXPECT_EQ(2, counting.sins().locks);
}

TEST(NoAlloc, TellsTriedLocksApart) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  std::mutex mutex;
  const NoAlloc counting;
  ASSERT_TRUE(mutex.try_lock());
  mutex.unlock();
  EXPECT_EQ((RealtimeSins{0, 0, 1, 0}), counting.sins());
}

TEST(NoAlloc, SeesSystemCallsThatWait) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  const NoAlloc counting;
  EXPECT_EQ(0, ::write(STDERR_FILENO, "", 0));
  EXPECT_EQ((RealtimeSins{0, 0, 0, 1}), counting.sins());
}

TEST(NoAlloc, CountsOneThreadOnly) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  absl::Notification go;
  absl::Notification gone;
  std::thread other([&] {
    go.WaitForNotification();
    for (int i = 0; i < 100; ++i) delete new int(i);
    gone.Notify();
  });
  RealtimeSins sins;
  {
    const NoAlloc counting;
    go.Notify();
    gone.WaitForNotification();
    sins = counting.sins();
  }
  other.join();
  EXPECT_LT(sins.allocations, 10);
}

TEST(DeviceCallback, TellsHowLongTheSoundIsOnItsWayUnlessADriverTalksNonsense) {
  using std::chrono_literals::operator""ms;
  PaStreamCallbackTimeInfo time{};
  time.currentTime = 100;
  time.inputBufferAdcTime = 99.97;
  EXPECT_NEAR(20'000, static_cast<double>(DeviceCallback::delay_of(time, true, 0.01).count()), 100);
  time.outputBufferDacTime = 100.03;
  EXPECT_NEAR(30'000, static_cast<double>(DeviceCallback::delay_of(time, false, 0.01).count()),
              100);
  for (const double nonsense : {0.0, -5.0, 3e9, std::nan("")}) {
    time.inputBufferAdcTime = time.outputBufferDacTime = nonsense;
    EXPECT_EQ(0ms, DeviceCallback::delay_of(time, true, 0.01)) << nonsense;
    EXPECT_EQ(0ms, DeviceCallback::delay_of(time, false, 0.01)) << nonsense;
  }
}

TEST(DeviceCallback, CountsOfAGraphNoSoundCardAndThatAPeriodComesBeforeItsTime) {
  using std::chrono_literals::operator""us;
  DeviceCounters counters;
  DeviceCallback callback(counters);
  base::Time now{std::chrono::hours(1)};
  for (int period = 0; period < 3; ++period, now += 85'333us) {
    EXPECT_EQ(-21'333us, callback.delay_in_graph(true, 1024 / 48'000.0, now));
    EXPECT_EQ(-42'666us, callback.delay_in_graph(true, 1024 / 48'000.0, now + 20us));
    EXPECT_EQ(-64'000us, callback.delay_in_graph(true, 1024 / 48'000.0, now + 40us));
    EXPECT_EQ(-85'333us, callback.delay_in_graph(true, 1024 / 48'000.0, now + 60us));
  }
  EXPECT_EQ(0us, callback.delay_in_graph(false, 4096 / 48'000.0, now));
}

}  // namespace
}  // namespace comcat::audio
