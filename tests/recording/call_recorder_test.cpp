#include "comcat/recording/call_recorder.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "recording/voices.h"
#include "support/process.h"
#include "support/speech.h"

namespace comcat::recording {
namespace {

using comcat::testing::TemporaryDirectory;
using ::testing::HasSubstr;

TEST(CallRecorder, WhatCameByTheEndIsInTheFiles) {
  const TemporaryDirectory directory;
  auto recorder =
      CallRecorder::create(directory.path(), [](const std::string& why) { ADD_FAILURE() << why; });
  ASSERT_TRUE(recorder.ok()) << recorder.status();
  (*recorder)->set_name(1, "an");
  (*recorder)->receive(Voice(1).say(440, 1), base::steady_now());
  recorder->reset();
  int tracks = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    if (entry.path().extension() != ".opus") continue;
    ++tracks;
    EXPECT_GT(testing::tone_dbfs(testing::read_file(entry.path()), 440), -15);
  }
  EXPECT_EQ(1, tracks);
}

TEST(CallRecorder, AFullDiskIsToldOnce) {
  const TemporaryDirectory directory;
  std::vector<std::string> told;
  auto recorder =
      CallRecorder::create(directory.path(), [&](const std::string& why) { told.push_back(why); });
  ASSERT_TRUE(recorder.ok()) << recorder.status();
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit small = before;
  small.rlim_cur = 2048;
  (void)signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  (*recorder)->receive(Voice(1).say(440, 2), base::steady_now());
  recorder->reset();
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_EQ(1U, told.size());
  EXPECT_THAT(told.front(), HasSubstr("cannot be written further"));
}

}  // namespace
}  // namespace comcat::recording
