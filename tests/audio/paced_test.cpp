#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/sound_reader.h"
#include "comcat/audio/sound_writer.h"
#include "comcat/audio/source.h"
#include "comcat/base/event.h"

#include "audio/fixtures.h"
#include "support/signal.h"

namespace comcat::audio {
namespace {

using testing::Samples;

std::unique_ptr<Source> source(const std::string& spec) {
  auto made = make_source(spec);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

std::unique_ptr<Sink> sink(const std::string& spec) {
  auto made = make_sink(spec);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

void write_wav(const std::string& path, const Samples& samples) {
  auto writer = SoundWriter::create(path);
  ASSERT_TRUE(writer.ok() && writer->write(samples).ok() && writer->finish().ok());
}

Samples read_file(const std::string& path) {
  auto reader = SoundReader::open(path);
  EXPECT_TRUE(reader.ok()) << reader.status();
  Samples samples(48'000 * 10);
  samples.resize(reader->read(samples));
  return samples;
}

TEST(ToneSource, IsOnPitchAndAtHalfScale) {
  Recorder recorder;
  const auto tone = source("tone:440");
  ASSERT_TRUE(tone->start(recorder, nullptr).ok());
  const Samples heard = recorder.wait_for(9'600);
  tone->stop();
  ASSERT_GE(heard.size(), 9'600U);
  EXPECT_NEAR(-9.03, testing::rms_dbfs(heard), 0.1);
  EXPECT_NEAR(440, testing::pitch_hz(heard), 0.5);
}

TEST(NullSource, KeepsTheClockInSilence) {
  Recorder recorder;
  const auto silence = source("null");
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(silence->start(recorder, nullptr).ok());
  const Samples heard = recorder.wait_for(21 * kBlockSamples);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 20 * kBlockDuration);
  silence->stop();
  EXPECT_EQ(-200, testing::rms_dbfs(heard));
}

/// Whether it is told apart from silence that a source has nothing to bring.
class Something final : public CaptureHandler {
 public:
  void on_captured(std::span<const float> samples) COMCAT_REALTIME override {
    samples_ += samples.size();
  }
  void on_nothing(std::span<const float> silence) COMCAT_REALTIME override {
    EXPECT_TRUE(std::ranges::all_of(silence, [](float sample) { return sample == 0; }));
    nothing_.set();
  }
  [[nodiscard]] bool wait_for_nothing() const {
    return nothing_.wait_for(std::chrono::seconds(30));
  }
  [[nodiscard]] std::size_t samples() const { return samples_; }

 private:
  std::atomic<std::size_t> samples_{0};
  base::Event nothing_;
};

TEST(AnySource, TellsSilenceFromNothing) {
  const TemporaryDirectory directory;
  write_wav(directory.file("in.wav"), Samples(9'600));
  Something of_file;
  const auto file = source("file:" + directory.file("in.wav"));
  ASSERT_TRUE(file->start(of_file, nullptr).ok());
  EXPECT_TRUE(of_file.wait_for_nothing());
  file->stop();
  EXPECT_EQ(9'600U, of_file.samples());
  Something of_null;
  const auto silence = source("null");
  ASSERT_TRUE(silence->start(of_null, nullptr).ok());
  EXPECT_TRUE(of_null.wait_for_nothing());
  silence->stop();
  EXPECT_EQ(0U, of_null.samples());
}

/// How much comes at a time.
class Turns final : public CaptureHandler {
 public:
  void on_captured(std::span<const float> samples) COMCAT_REALTIME override {
    if (samples.size() != wanted_) all_as_wanted_ = false;
    if (++count_ == 3) thrice_.set();
  }
  explicit Turns(std::size_t wanted) : wanted_(wanted) {}
  [[nodiscard]] bool wait() const { return thrice_.wait_for(std::chrono::seconds(30)); }
  [[nodiscard]] bool all_as_wanted() const { return all_as_wanted_; }

 private:
  const std::size_t wanted_;
  int count_ = 0;
  std::atomic<bool> all_as_wanted_{true};
  base::Event thrice_;
};

TEST(AnySource, GivesAsMuchAtATimeAsAFrameTakes) {
  using std::chrono::microseconds;
  for (const microseconds turn : {microseconds(2'500), microseconds(20'000)}) {
    auto tone = make_source("tone:440", turn);
    ASSERT_TRUE(tone.ok());
    Turns turns(to_samples(turn));
    ASSERT_TRUE((*tone)->start(turns, nullptr).ok());
    EXPECT_TRUE(turns.wait());
    (*tone)->stop();
    EXPECT_TRUE(turns.all_as_wanted());
  }
}

TEST(AnySource, GivesItsFirstSoundWhenAMicrophoneWouldHaveHeardIt) {
  Recorder recorder;
  const auto silence = source("null");
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(silence->start(recorder, nullptr).ok());
  recorder.wait_for(1);
  EXPECT_GE(std::chrono::steady_clock::now() - began, kBlockDuration);
  silence->stop();
}

TEST(FileSource, PlaysTheFileThenSilenceAndSaysSoOnce) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(10'000);  // the last block is not full
  write_wav(directory.file("in.wav"), speech);
  Recorder recorder;
  End end;
  const auto file = source("file:" + directory.file("in.wav"));
  ASSERT_TRUE(file->start(recorder, end.handler()).ok());
  const Samples heard = recorder.wait_for(20'000);
  ASSERT_TRUE(end.wait());
  file->stop();
  EXPECT_TRUE(end.status().ok());
  EXPECT_EQ(1, end.count());
  for (std::size_t i = 0; i < speech.size(); ++i) ASSERT_NEAR(speech[i], heard[i], 1.0 / 32768);
  EXPECT_EQ(-200, testing::rms_dbfs(std::span<const float>(heard).subspan(speech.size())));
}

TEST(FileSource, GoesOnWhereItWasStopped) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(9'600);
  write_wav(directory.file("in.wav"), speech);
  Recorder recorder;
  const auto file = source("file:" + directory.file("in.wav"));
  ASSERT_TRUE(file->start(recorder, nullptr).ok());
  recorder.wait_for(1);
  file->stop();
  ASSERT_TRUE(file->start(recorder, nullptr).ok());
  const Samples heard = recorder.wait_for(9'600);
  file->stop();
  for (std::size_t i = 0; i < speech.size(); ++i) ASSERT_NEAR(speech[i], heard[i], 1.0 / 32768);
}

TEST(AnySource, IsNotStartedTwice) {
  Recorder recorder;
  const auto silence = source("null");
  ASSERT_TRUE(silence->start(recorder, nullptr).ok());
  EXPECT_EQ(absl::StatusCode::kFailedPrecondition, silence->start(recorder, nullptr).code());
}

TEST(AnySource, MayBeStoppedTwiceOrNever) {
  Recorder recorder;
  const auto silence = source("null");
  silence->stop();
  ASSERT_TRUE(silence->start(recorder, nullptr).ok());
  silence->stop();
  silence->stop();
  ASSERT_TRUE(silence->start(recorder, nullptr).ok());
}

TEST(FileSink, RecordsWhatIsPlayed) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(9'600);
  Player player(speech);
  const auto file = sink("file:" + directory.file("out.wav"));
  ASSERT_TRUE(file->start(player, nullptr).ok());
  ASSERT_TRUE(player.wait_for(speech.size() + 1));
  file->stop();
  const Samples heard = read_file(directory.file("out.wav"));
  ASSERT_GE(heard.size(), speech.size());
  for (std::size_t i = 0; i < speech.size(); ++i) ASSERT_NEAR(speech[i], heard[i], 1.0 / 32768);
}

TEST(FileSink, CreatesNothingBeforeItStarts) {
  const TemporaryDirectory directory;
  const auto file = sink("file:" + directory.file("out.wav"));
  EXPECT_FALSE(std::filesystem::exists(directory.file("out.wav")));
}

TEST(FileSink, ACompleteRecordingIsNotOverwritten) {
  const TemporaryDirectory directory;
  Player player({});
  const auto file = sink("file:" + directory.file("out.wav"));
  ASSERT_TRUE(file->start(player, nullptr).ok());
  file->stop();
  EXPECT_EQ(absl::StatusCode::kFailedPrecondition, file->start(player, nullptr).code());
}

TEST(FileSink, AFolderThatIsNotThereIsToldByStart) {
  Player player({});
  const auto file = sink("file:/no/such/folder/out.wav");
  const absl::Status status = file->start(player, nullptr);
  EXPECT_NE(std::string::npos, status.message().find("cannot be created")) << status;
}

TEST(NullSink, KeepsTheClock) {
  Player player({});
  const auto nowhere = sink("null");
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(nowhere->start(player, nullptr).ok());
  ASSERT_TRUE(player.wait_for(21 * kBlockSamples));
  EXPECT_GE(std::chrono::steady_clock::now() - began, 20 * kBlockDuration);
}

}  // namespace
}  // namespace comcat::audio
