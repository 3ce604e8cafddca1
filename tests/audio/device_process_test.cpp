#include "audio/device_process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/audio/device_info.h"
#include "comcat/audio/device_process.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

#include "audio/device_message.h"
#include "audio/fixtures.h"
#include "support/jack_rig.h"

namespace comcat::audio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Two ends of a socket such as the two processes have.
struct Ends {
  Ends() {
    int ends[2];
    EXPECT_EQ(0, ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
    one.reset(ends[0]);
    other.reset(ends[1]);
  }
  base::FileDescriptor one;
  base::FileDescriptor other;
};

TEST(DeviceMessage, CarriesADeviceAndASentence) {
  const Ends ends;
  const DeviceInfo device{7, "USB Headset", "ALSA", 1, 2, true, false};
  ASSERT_TRUE(send_message(ends.one.get(), message_of(device)));
  ASSERT_TRUE(send_message(ends.one.get(), message_of(absl::NotFoundError("it is gone"))));
  const auto first = receive_message(ends.other.get(), seconds(20));
  ASSERT_TRUE(first.ok());
  const DeviceInfo got = device_of(first->message);
  EXPECT_EQ(7, got.number);
  EXPECT_EQ("USB Headset", got.name);
  EXPECT_EQ("ALSA", got.system);
  EXPECT_EQ(1, got.input_channels);
  EXPECT_EQ(2, got.output_channels);
  EXPECT_TRUE(got.default_input);
  EXPECT_FALSE(got.default_output);
  const auto second = receive_message(ends.other.get(), seconds(20));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(absl::NotFoundError("it is gone"), status_of(second->message));
}

TEST(DeviceMessage, ALongSentenceIsCutAndNotOverrun) {
  const absl::Status status = status_of(message_of(absl::InternalError(std::string(5'000, 'x'))));
  EXPECT_EQ(std::string(519, 'x'), status.message());
}

TEST(DeviceMessage, CarriesAStreamsMemory) {
  const Ends ends;
  const auto memory = SharedStreamMemory::create();
  ASSERT_TRUE(memory.ok());
  ASSERT_TRUE(send_message(ends.one.get(), DeviceMessage{}, memory->fd()));
  auto received = receive_message(ends.other.get(), seconds(20));
  ASSERT_TRUE(received.ok());
  const auto same = SharedStreamMemory::attach(std::move(received->fd));
  ASSERT_TRUE(same.ok());
  const float sample = 0.5F;
  EXPECT_EQ(1U, (*memory)->ring.write({&sample, 1}));
  float heard = 0;
  EXPECT_EQ(1U, (*same)->ring.read({&heard, 1}));
  EXPECT_EQ(0.5F, heard);
}

TEST(DeviceMessage, SilenceAndTheEndAreToldApart) {
  Ends ends;
  EXPECT_TRUE(absl::IsDeadlineExceeded(receive_message(ends.one.get(), milliseconds(1)).status()));
  ends.other.reset();
  EXPECT_TRUE(absl::IsUnavailable(receive_message(ends.one.get(), seconds(20)).status()));
  EXPECT_FALSE(send_message(ends.one.get(), DeviceMessage{}));
}

TEST(SharedStreamMemory, IsNotTakenFromAFileThatIsTooShort) {
  EXPECT_FALSE(SharedStreamMemory::attach(base::FileDescriptor(::dup(STDERR_FILENO))).ok());
  EXPECT_FALSE(SharedStreamMemory::attach(base::FileDescriptor()).ok());
}

TEST(DeviceProcess, IsOneForAsLongAsSomebodyHoldsIt) {
  auto first = DeviceProcess::get();
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = DeviceProcess::get();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_FALSE((*first)->gone());
}

TEST(DeviceProcess, OneThatWasGivenUpIsFollowedByAnother) {
  const auto first = DeviceProcess::get();
  ASSERT_TRUE(first.ok()) << first.status();
  (*first)->give_up();
  const auto memory = SharedStreamMemory::create();
  EXPECT_TRUE(absl::IsUnavailable((*first)->open({}, Direction::kInput, *memory).status()));
  EXPECT_TRUE((*first)->gone());
  const auto second = DeviceProcess::get();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE(*first, *second);
}

/// Devices of which opening one never ends: its file is a FIFO that nobody reads.
TEST(DeviceProcess, ADeviceThatHangsAsItIsTriedTakesNoneWithItThatPlays) {
  const TemporaryDirectory place;
  ASSERT_EQ(0, ::mkfifo(place.file("fifo").c_str(), 0600));
  std::ofstream(place.file("asound.conf"))
      << "pcm.absent { type hw card 31 }\n"  // PortAudio aborts where there is no sound card at all
         "pcm.silent { type null }\npcm.hang { type file slave.pcm silent file \""
      << place.file("fifo") << "\" format raw }\n";
  setenv("ALSA_CONFIG_PATH", place.file("asound.conf").c_str(), 1);
  const auto playing = DeviceProcess::get();
  ASSERT_TRUE(playing.ok()) << playing.status();
  const std::shared_ptr<void> apart = open_devices_apart();
  const auto sink = make_sink("hang");
  unsetenv("ALSA_CONFIG_PATH");
  ASSERT_TRUE(sink.ok()) << sink.status();
  Player player({});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(absl::IsUnavailable((*sink)->start(player, nullptr)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(8)) << "others are waited for longer";
  EXPECT_FALSE((*playing)->gone());
}

TEST(DeviceProcess, LeavesNoChildBehind) {
  {
    const auto process = DeviceProcess::get();
    ASSERT_TRUE(process.ok()) << process.status();
    EXPECT_EQ(0, ::waitpid(-1, nullptr, WNOHANG)) << "it lives";
  }
  EXPECT_EQ(-1, ::waitpid(-1, nullptr, WNOHANG));
  EXPECT_EQ(ECHILD, errno);
}

TEST(DeviceProcess, ADeviceThatIsNotThereIsASentence) {
  const auto process = DeviceProcess::get();
  ASSERT_TRUE(process.ok()) << process.status();
  const auto memory = SharedStreamMemory::create();
  DeviceInfo nobody;
  nobody.number = 12'345;
  EXPECT_TRUE(absl::IsNotFound((*process)->open(nobody, Direction::kOutput, *memory).status()));
  EXPECT_FALSE((*process)->gone());
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

/// A microphone and a loudspeaker on a sound card that dies.
struct Dying {
  explicit Dying(testing::JackRig& jack) : rig(jack) {
    auto opened_source = make_source("");
    auto opened_sink = make_sink("");
    EXPECT_TRUE(opened_source.ok() && opened_sink.ok());
    source = *std::move(opened_source);
    sink = *std::move(opened_sink);
    EXPECT_TRUE(source->start(recorder, source_end.handler()).ok());
    EXPECT_TRUE(sink->start(player, sink_end.handler()).ok());
    recorder.wait_for(4800);
  }
  /// Once each, with a sentence; and stop() returns.
  void expect_the_end() {
    ASSERT_TRUE(source_end.wait() && sink_end.wait());
    EXPECT_TRUE(absl::IsUnavailable(source_end.status()));
    EXPECT_NE(std::string::npos,
              source_end.status().message().find(
                  "the sound device \"system\" has stopped; connect it again, or choose another"));
    const auto began = std::chrono::steady_clock::now();
    source->stop();
    sink->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(10));
    EXPECT_EQ(1, source_end.count());
    EXPECT_EQ(1, sink_end.count());
  }

  testing::JackRig& rig;
  Recorder recorder;
  Player player{{}};
  End source_end;
  End sink_end;
  std::unique_ptr<Source> source;
  std::unique_ptr<Sink> sink;
};

TEST(Device, ADeadSoundCardEndsTheStreamOnceAndStopReturns) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  Dying devices(*rig);
  rig->kill_server();
  devices.expect_the_end();
}

TEST(Device, ASoundServerThatEndsInGoodOrderEndsNothingElse) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  Dying devices(*rig);
  rig->stop_server();
  devices.expect_the_end();
}

TEST(Device, ASoundServerThatHangsIsGivenUp) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  Dying devices(*rig);
  rig->hang_server();
  devices.expect_the_end();
  rig->wake_server();
}

TEST(Device, WorksAgainOnceItsServerIsBackAtAnotherRateAndPeriod) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  {
    Dying devices(*rig);
    rig->kill_server();
    devices.expect_the_end();
  }
  ASSERT_TRUE(rig->start_server(44'100, 2048));
  Recorder recorder;
  Player player({});
  const auto source = make_source("");
  const auto sink = make_sink("");
  ASSERT_TRUE(source.ok() && sink.ok()) << source.status() << sink.status();
  ASSERT_TRUE((*source)->start(recorder, nullptr).ok());
  ASSERT_TRUE((*sink)->start(player, nullptr).ok());
  EXPECT_GE(recorder.wait_for(48'000).size(), 48'000U);
  EXPECT_TRUE(player.wait_for(48'000));
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
