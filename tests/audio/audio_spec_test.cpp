#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

namespace comcat::audio {
namespace {

void expect_one_sentence(const absl::Status& status) {
  const std::string text(status.message());
  EXPECT_FALSE(status.ok());
  EXPECT_FALSE(text.ends_with(".")) << text;
  EXPECT_FALSE(text.starts_with("The ") || text.starts_with("A ")) << text;
  EXPECT_EQ(std::string::npos, text.find('\n')) << text;
  EXPECT_EQ(std::string::npos, text.find('\x1b')) << text;
  EXPECT_LT(text.size(), 700U) << text;
}

TEST(Spec, TonesOutsideHearingAreRefused) {
  for (const char* spec :
       {"tone:", "tone:0", "tone:19.9", "tone:20001", "tone:-440", "tone:440Hz", "tone: 440",
        "tone:nan", "tone:inf", "tone:1e3", "tone:0x1b8", "tone:440 ", "tone:\x1b[2J"}) {
    const auto source = make_source(spec);
    expect_one_sentence(source.status());
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, source.status().code()) << spec;
    EXPECT_NE(std::string::npos, source.status().message().find("tone:440")) << source.status();
  }
}

TEST(Spec, TonesOfAnyAudiblePitchAreTaken) {
  for (const char* spec : {"tone:20", "tone:440", "tone:997.5", "tone:20000"}) {
    const auto source = make_source(spec);
    ASSERT_TRUE(source.ok()) << source.status();
    EXPECT_EQ(spec, (*source)->description());
  }
}

TEST(Spec, NothingPlaysToATone) {
  const auto sink = make_sink("tone:440");
  expect_one_sentence(sink.status());
  EXPECT_NE(std::string::npos, sink.status().message().find("--output"));
}

TEST(Spec, AFileNeedsAName) {
  expect_one_sentence(make_source("file:").status());
  expect_one_sentence(make_sink("file:").status());
  expect_one_sentence(make_source(std::string("file:a\0b", 8)).status());
}

TEST(Spec, AnAbsentFileIsNamedSafely) {
  const auto source = make_source("file:/no/such/\x1b[2Jfile.wav");
  expect_one_sentence(source.status());
  EXPECT_EQ(absl::StatusCode::kNotFound, source.status().code());
  EXPECT_NE(std::string::npos, source.status().message().find("file.wav"));
}

TEST(Spec, ADirectoryIsNoSoundFile) {
  expect_one_sentence(make_source("file:/").status());
}

TEST(Spec, ARecordingMustBeNamedWav) {
  for (const char* spec : {"file:notes.txt", "file:.wav", "file:wav", "file:a.wav/"}) {
    const auto sink = make_sink(spec);
    expect_one_sentence(sink.status());
    EXPECT_NE(std::string::npos, sink.status().message().find(".wav")) << sink.status();
  }
}

TEST(Spec, NullIsBothEnds) {
  EXPECT_TRUE(make_source("null").ok());
  EXPECT_TRUE(make_sink("null").ok());
}

}  // namespace
}  // namespace comcat::audio
