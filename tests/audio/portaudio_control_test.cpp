#include "audio/portaudio_control.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/audio/device_info.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

#include "absl/synchronization/notification.h"
#include "audio/fixtures.h"
#include "support/jack_rig.h"

namespace comcat::audio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ControlThread, GivesBackWhatTheWorkSays) {
  const absl::Status status =
      on_portaudio_thread([] { return absl::NotFoundError("gone"); }, seconds(20));
  EXPECT_EQ(absl::NotFoundError("gone"), status);
}

TEST(ControlThread, IsAlwaysTheSame) {
  pthread_t first{};
  pthread_t second{};
  for (pthread_t* thread : {&first, &second}) {
    ASSERT_TRUE(on_portaudio_thread(
                    [thread] {
                      *thread = pthread_self();
                      return absl::OkStatus();
                    },
                    seconds(20))
                    .ok());
  }
  EXPECT_TRUE(pthread_equal(first, second));
}

// In a process of its own: PortAudio is given up in it.
void hang_the_control_thread() {
  static auto* const never = new absl::Notification;
  const auto hang = [] {
    const QuietStderr quiet;
    never->WaitForNotification();
    return absl::OkStatus();
  };
  const bool told = absl::IsUnavailable(on_portaudio_thread(hang, milliseconds(1)));
  std::fputs("stderr is back", stderr);
  const bool still = absl::IsUnavailable(on_portaudio_thread(hang, seconds(3600)));
  _exit(told && still && absl::IsUnavailable(make_source("").status()) ? 0 : 1);
}

TEST(ControlThreadDeathTest, AHangIsToldInTimeAndEverAfter) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(hang_the_control_thread(), ::testing::ExitedWithCode(0), "stderr is back");
}

TEST(QuietStderr, IsQuietAndThenBack) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(1, ::write(STDERR_FILENO, "a", 1));
  {
    const QuietStderr quiet;
    EXPECT_EQ(1, ::write(STDERR_FILENO, "b", 1));
  }
  EXPECT_EQ(1, ::write(STDERR_FILENO, "c", 1));
  EXPECT_EQ("ac", ::testing::internal::GetCapturedStderr());
}

/// Where ALSA finds no configuration PortAudio would abort the process.
class WithoutAlsa : public ::testing::TestWithParam<const char*> {};

void look_for_devices(const std::string& setting) {
  const std::size_t equals = setting.find('=');
  setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
  const absl::Status status = make_source("").status();
  std::fputs(std::string(status.message()).c_str(), stderr);
  _exit(absl::IsFailedPrecondition(status) ? 0 : 1);
}

TEST_P(WithoutAlsa, IsASentenceNotACrash) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(look_for_devices(GetParam()), ::testing::ExitedWithCode(0),
              "ALSA's configuration cannot be read");
}

INSTANTIATE_TEST_SUITE_P(DeathTest, WithoutAlsa,
                         ::testing::Values("ALSA_CONFIG_PATH=/no/such/file",
                                           "ALSA_CONFIG_PATH=/etc/passwd", "ALSA_CONFIG_PATH=/etc",
                                           "ALSA_CONFIG_PATH=/dev/null",
                                           "ALSA_CONFIG_DIR=/no/such/folder"));

/// The whole life of a stream whose sound card dies; 0 where all was as it should be.
int die_under_a_stream(testing::JackRig* rig) {
  if (rig == nullptr) return 2;
  Recorder recorder;
  Player player({});
  End source_end;
  End sink_end;
  const auto source = make_source("");
  const auto sink = make_sink("");
  if (!source.ok() || !sink.ok()) return 3;
  if (!(*source)->start(recorder, source_end.handler()).ok()) return 4;
  if (!(*sink)->start(player, sink_end.handler()).ok()) return 4;
  recorder.wait_for(4800);
  rig->kill_server();
  if (!source_end.wait() || !sink_end.wait()) return 5;
  if (!absl::IsUnavailable(source_end.status())) return 6;
  std::fputs(std::string(source_end.status().message()).c_str(), stderr);
  const auto began = std::chrono::steady_clock::now();
  (*source)->stop();
  (*sink)->stop();
  if (std::chrono::steady_clock::now() - began > seconds(10)) return 7;
  return source_end.count() == 1 && sink_end.count() == 1 ? 0 : 8;
}

void live_and_die() {
  auto rig = testing::JackRig::start();
  const int result = die_under_a_stream(rig.get());
  rig.reset();
  _exit(result);
}

TEST(DeviceDeathTest, ADeadSoundCardEndsTheStreamOnceAndStopReturns) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  setenv("TSAN_OPTIONS", "report_thread_leaks=0", 0);  // what hangs is left behind, by design
  if (testing::JackRig::start() == nullptr) GTEST_SKIP() << "no JACK server can be started here";
  EXPECT_EXIT(live_and_die(), ::testing::ExitedWithCode(0),
              "the sound device .system. has stopped; connect it again");
}

TEST(NoDevices, AreAnEmptyListAndASentence) {
  const auto devices = list_devices();
  ASSERT_TRUE(devices.ok()) << devices.status();
  if (!devices->empty()) GTEST_SKIP() << "this machine has a sound card";
  EXPECT_TRUE(absl::IsNotFound(make_source("").status()));
  EXPECT_TRUE(absl::IsNotFound(make_sink("").status()));
}

}  // namespace
}  // namespace comcat::audio
