#include "comcat/audio/sound_writer.h"

#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/sound_reader.h"

#include "audio/fixtures.h"
#include "audio/sound_bytes.h"
#include "support/signal.h"

namespace comcat::audio {
namespace {

using testing::Samples;

TEST(SoundWriter, WhatIsWrittenIsReadBack) {
  const TemporaryDirectory directory;
  const Samples speech = testing::make_speech(50'000);
  for (const char* name : {"out.wav", "out.FLAC"}) {
    auto writer = SoundWriter::create(directory.file(name));
    ASSERT_TRUE(writer.ok()) << writer.status();
    ASSERT_TRUE(writer->write(speech).ok());
    ASSERT_TRUE(writer->finish().ok());
    const Samples samples = read_all(directory.file(name));
    ASSERT_EQ(speech.size(), samples.size()) << name;
    for (std::size_t i = 0; i < speech.size(); ++i) ASSERT_NEAR(speech[i], samples[i], 1.0 / 32768);
  }
}

TEST(SoundWriter, LoudSamplesAreClippedNotWrapped) {
  const TemporaryDirectory directory;
  auto writer = SoundWriter::create(directory.file("out.wav"));
  ASSERT_TRUE(writer->write(Samples{2.0F, -2.0F, 1.0F}).ok());
  ASSERT_TRUE(writer->finish().ok());
  const Samples samples = read_all(directory.file("out.wav"));
  ASSERT_EQ(3U, samples.size());
  EXPECT_NEAR(1, samples[0], 0.001);
  EXPECT_NEAR(-1, samples[1], 0.001);
}

TEST(SoundWriter, AnUnfinishedFileCanBePlayedToItsLastSecond) {
  const TemporaryDirectory directory;
  auto writer = SoundWriter::create(directory.file("out.wav"));
  const Block block{};
  for (int i = 0; i < 350; ++i) ASSERT_TRUE(writer->write(block).ok());
  EXPECT_EQ(3 * 48'000U, read_all(directory.file("out.wav")).size());
}

TEST(SoundWriter, SoCanAnUnfinishedFlac) {
  const TemporaryDirectory directory;
  auto writer = SoundWriter::create(directory.file("out.flac"));
  for (int i = 0; i < 350; ++i) ASSERT_TRUE(writer->write(testing::make_speech(480)).ok());
  EXPECT_LE(3 * 48'000U, read_all(directory.file("out.flac")).size());
}

TEST(SoundWriter, APathThatCannotBeWrittenIsASentence) {
  const auto writer = SoundWriter::create("/no/such/folder/out.wav");
  EXPECT_EQ(
      "the file /no/such/folder/out.wav cannot be created (No such file or directory); "
      "choose a path that can be written",
      writer.status().message());
}

TEST(SoundWriter, AFullDiskIsToldOnceAndForAll) {
  const TemporaryDirectory directory;
  auto writer = SoundWriter::create(directory.file("out.wav"));
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit small = before;
  small.rlim_cur = 4096;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  absl::Status status;
  for (int i = 0; i < 10 && status.ok(); ++i) status = writer->write(Block{});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(absl::StatusCode::kResourceExhausted, status.code()) << status;
  EXPECT_NE(std::string::npos, status.message().find("make room")) << status;
  EXPECT_EQ(status, writer->write(Block{}));
  EXPECT_EQ(status, writer->finish());
}

}  // namespace
}  // namespace comcat::audio
