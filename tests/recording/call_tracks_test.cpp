#include "comcat/recording/call_tracks.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "recording/voices.h"
#include "support/process.h"
#include "support/speech.h"

namespace comcat::recording {
namespace {

using comcat::testing::Process;
using comcat::testing::read_file;
using comcat::testing::Samples;
using comcat::testing::TemporaryDirectory;
using comcat::testing::tone_dbfs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using std::chrono_literals::operator""s;

const std::chrono::system_clock::time_point kStart{1'793'800'000s};  // 2026-11-04T13:46:40Z

class Recorded : public ::testing::Test {
 protected:
  CallTracks create() {
    absl::StatusOr<CallTracks> created = CallTracks::create(directory(), kStart);
    EXPECT_TRUE(created.ok()) << created.status();
    return *std::move(created);
  }

  [[nodiscard]] std::string directory() const { return temporary_.path() + "/calls"; }
  [[nodiscard]] std::string file(const std::string& name) const {
    return directory() + "/20261104T134640Z-" + name;
  }

  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      out.push_back(entry.path().filename().string().substr(17));
    }
    std::ranges::sort(out);
    return out;
  }

  TemporaryDirectory temporary_;
};

/// Each packet arrives when it is said, `delay` later.
void say(CallTracks& tracks, const wire::VoicePackets& packets, std::int64_t begin,
         std::int64_t delay = 0) {
  for (const wire::VoicePacket& packet : packets) {
    tracks.insert(packet, begin + delay);
    begin += kFrame;
  }
}

/// The first sample of the first 10 ms in which `hertz` is heard.
double begin_of(const Samples& heard, double hertz) {
  constexpr std::size_t kWindow = 480;
  for (std::size_t at = 0; at + kWindow <= heard.size(); at += kWindow / 4) {
    if (tone_dbfs(std::span(heard).subspan(at, kWindow), hertz) > -20) {
      return static_cast<double>(at);
    }
  }
  return -1;
}

/// What opusinfo has to say against a file.
std::string complaints(const std::string& path) {
  Process opusinfo({"opusinfo", path});
  const int code = opusinfo.wait_exit().value_or(-1);
  const std::string said = opusinfo.output(Process::kOut) + opusinfo.output(Process::kErr);
  const bool fine = code == 0 && said.find("WARNING") == std::string::npos &&
                    said.find("ERROR") == std::string::npos;
  return fine ? "" : said;
}

TEST_F(Recorded, ThreeSpeakersOfWhomOneLeavesAndReturns) {
  CallTracks tracks = create();
  tracks.set_name(1, "an");
  tracks.set_name(2, "Bình");
  tracks.set_name(3, "chi");
  say(tracks, Voice(1).say(440, 2), kSecond);
  say(tracks, Voice(2, 77'777).say(880, 1), 2 * kSecond, 400);
  say(tracks, Voice(3).say(1320, 1), 3 * kSecond);
  ASSERT_TRUE(tracks.step(5 * kSecond).ok());
  tracks.set_name(9, "an");  // in another session
  say(tracks, Voice(9, 1'000'000).say(1760, 1), 6 * kSecond);
  ASSERT_TRUE(tracks.finish(8 * kSecond).ok());

  EXPECT_THAT(files(), ElementsAre("Bình.opus", "an.opus", "chi.opus", "mix.flac"));
  for (const char* name : {"an.opus", "Bình.opus", "chi.opus"}) {
    EXPECT_EQ("", complaints(file(name)));
    EXPECT_NEAR(384e3, static_cast<double>(read_file(file(name)).size()), 960) << name;
  }
  constexpr double kNear = 960;
  const Samples mix = read_file(file("mix.flac"));
  EXPECT_EQ(8 * kSecond, mix.size());
  struct Said {
    const char* file;
    double hertz;
    double at;  // in samples
  };
  for (const Said& said : {Said{"an.opus", 440, 48e3}, Said{"Bình.opus", 880, 96e3},
                           Said{"chi.opus", 1320, 144e3}, Said{"an.opus", 1760, 288e3}}) {
    EXPECT_NEAR(said.at, begin_of(read_file(file(said.file)), said.hertz), kNear);
    EXPECT_NEAR(said.at, begin_of(mix, said.hertz), kNear);
  }
}

TEST_F(Recorded, WhatAKilledProcessLeavesCanBePlayed) {
  CallTracks tracks = create();
  tracks.set_name(1, "an");
  say(tracks, Voice(1).say(440, 5), 0);
  ASSERT_TRUE(tracks.step(6 * kSecond).ok());
  EXPECT_GE(read_file(file("an.opus")).size(), 3 * kSecond);
  EXPECT_GE(read_file(file("mix.flac")).size(), 3 * kSecond);
}

TEST_F(Recorded, ASecondRecordingOfTheSameMomentOverwritesNothing) {
  CallTracks first = create();
  CallTracks second = create();
  for (CallTracks* const tracks : {&first, &second}) {
    tracks->set_name(1, "an");
    say(*tracks, Voice(1).say(440, 1), 0);
    EXPECT_TRUE(tracks->finish(kSecond).ok());
  }
  EXPECT_THAT(files(), ElementsAre("an-2.opus", "an.opus", "mix-2.flac", "mix.flac"));
  struct stat found {};
  ASSERT_EQ(0, stat(directory().c_str(), &found));
  EXPECT_EQ(0700, found.st_mode & 0777);
  ASSERT_EQ(0, stat(file("an.opus").c_str(), &found));
  EXPECT_EQ(0600, found.st_mode & 0777);
}

TEST_F(Recorded, NamesLeadNowhere) {
  EXPECT_EQ(".._.._etc_passwd", file_name_of("../../etc/passwd").substr(1));
  EXPECT_EQ("_", file_name_of(""));
  EXPECT_THAT(file_name_of("a\nb\x1b[31m"), Not(HasSubstr("\n")));
  CallTracks tracks = create();
  tracks.set_name(1, "a/../../b");
  say(tracks, Voice(1).say(440, 0.1), 0);
  EXPECT_TRUE(tracks.finish(kSecond).ok());
  EXPECT_THAT(files(), ElementsAre("a_.._.._b.opus", "mix.flac"));
}

TEST_F(Recorded, WhoSendsMoreThanTimePassesOrLiesAboutItFillsNoDisk) {
  CallTracks tracks = create();
  const wire::VoicePackets second = Voice(1).say(440, 1);
  wire::VoicePacket packet = second.front();
  for (std::uint32_t i = 0; i < 20'000; ++i) {  // within two seconds
    packet.sequence = i;
    packet.timestamp = i % 3 == 0 ? i * 1'000'000 : i * 960;
    tracks.insert(packet, i * 2 * kSecond / 20'000);
  }
  ASSERT_TRUE(tracks.finish(2 * kSecond).ok());
  EXPECT_LE(read_file(file("session 1.opus")).size(), 3 * kSecond);
  EXPECT_EQ(2 * kSecond, read_file(file("mix.flac")).size());
}

TEST_F(Recorded, WhatIsNoOpusIsPassedOver) {
  CallTracks tracks = create();
  tracks.insert({.speaker = 1, .payload = ""}, 0);
  tracks.insert({.speaker = 1, .payload = "\xFF\xFF\xFF"}, 0);
  EXPECT_TRUE(tracks.finish(kSecond).ok());
  EXPECT_THAT(files(), ElementsAre("mix.flac"));
}

TEST_F(Recorded, ADirectoryThatCannotBeIsASentence) {
  const auto created = CallTracks::create("/no/such/folder", kStart);
  EXPECT_EQ(
      "the directory /no/such/folder cannot be created (No such file or directory); choose a path "
      "that can be written",
      created.status().message());
}

}  // namespace
}  // namespace comcat::recording
