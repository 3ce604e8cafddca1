// What runs on a sound card's thread allocates, locks and waits for nothing. A program of its own,
// because it stands in front of malloc and the locks.

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "audio/capture_converter.h"
#include "audio/device_callback.h"
#include "audio/playback_converter.h"
#include "support/jack_rig.h"
#include "support/no_alloc.h"

namespace comcat::audio {
namespace {

using testing::NoAlloc;
using testing::RealtimeSins;

constexpr RealtimeSins kNone{};

struct Silent final : CaptureHandler, RenderHandler {
  void on_captured(std::span<const float>) noexcept override {}
  void on_render(std::span<float> out) noexcept override {
    for (float& sample : out) sample = 0.25F;
  }
};

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

class Formats : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(Formats, TheCaptureCallbackIsWithoutSin) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  const auto [channels, rate_hz] = GetParam();
  Silent handler;
  DeviceCallback callback;
  callback.prepare(std::make_unique<CaptureConverter>(handler, channels, rate_hz), channels);
  EXPECT_EQ(kNone, sins_of(callback, true, static_cast<std::size_t>(channels)));
}

TEST_P(Formats, ThePlaybackCallbackIsWithoutSin) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  const auto [channels, rate_hz] = GetParam();
  Silent handler;
  DeviceCallback callback;
  callback.prepare(std::make_unique<PlaybackConverter>(handler, channels, rate_hz), channels);
  EXPECT_EQ(kNone, sins_of(callback, false, static_cast<std::size_t>(channels)));
  callback.close();
  EXPECT_EQ(kNone, sins_of(callback, false, static_cast<std::size_t>(channels)));
}

INSTANTIATE_TEST_SUITE_P(AnyDevice, Formats,
                         ::testing::Combine(::testing::Values(1, 2, 8),
                                            ::testing::Values(8'000, 44'100, 48'000, 96'000)));

TEST(DeviceCallback, CountsCallsAndLostSamples) {
  Silent handler;
  DeviceCallback callback;
  callback.prepare(std::make_unique<PlaybackConverter>(handler, 1, kSampleRate), 1);
  sins_of(callback, false, 1);
  EXPECT_EQ(50U, callback.calls());
  EXPECT_EQ(0U, callback.xruns());
  sins_of(callback, false, 1, paOutputUnderflow);
  EXPECT_EQ(100U, callback.calls());
  EXPECT_EQ(50U, callback.xruns());
  EXPECT_FALSE(callback.finished());
  DeviceCallback::on_finished(&callback);
  EXPECT_TRUE(callback.finished());
}

TEST(DeviceCallback, IsSilentOnceClosed) {
  Silent handler;
  DeviceCallback callback;
  callback.prepare(std::make_unique<PlaybackConverter>(handler, 2, kSampleRate), 2);
  callback.close();
  std::vector<float> out(960, 1.0F);
  DeviceCallback::on_audio(nullptr, out.data(), 480, nullptr, 0, &callback);
  EXPECT_EQ(std::vector<float>(960), out);
}

/// Counts from one callback to the next, so that PortAudio's and JACK's share is in it, too.
struct Watched final : CaptureHandler, RenderHandler {
  static constexpr int kCalls = 50;

  void on_captured(std::span<const float>) noexcept override { count(); }
  void on_render(std::span<float> out) noexcept override {
    std::fill(out.begin(), out.end(), 0.0F);
    count();
  }
  void count() noexcept {
    if (calls == kCalls) return;
    if (calls++ == 0) return counting.emplace(), void();
    if (calls < kCalls) return;
    sins = counting->sins();
    counting.reset();
    done.Notify();
  }

  int calls = 0;
  std::optional<NoAlloc> counting;
  RealtimeSins sins;
  absl::Notification done;
};

TEST(JackThread, NeitherAllocatesNorLocksBetweenCallbacks) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  COMCAT_JACK_RIG_OR_SKIP(rig);
  for (const bool input : {true, false}) {
    Watched handler;
    const auto source = make_source("");
    const auto sink = make_sink("");
    ASSERT_TRUE(source.ok() && sink.ok());
    ASSERT_TRUE(
        (input ? (*source)->start(handler, nullptr) : (*sink)->start(handler, nullptr)).ok());
    ASSERT_TRUE(handler.done.WaitForNotificationWithTimeout(absl::Seconds(20)));
    (*source)->stop();
    (*sink)->stop();
    EXPECT_EQ(0, handler.sins.allocations) << input;
    EXPECT_EQ(0, handler.sins.locks) << input;  // PortAudio tries one each period: that never waits
  }
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

}  // namespace
}  // namespace comcat::audio
