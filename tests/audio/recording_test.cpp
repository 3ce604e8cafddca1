// Recordings: nothing that exists is ever written to.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "comcat/audio/sink.h"
#include "comcat/audio/sound_writer.h"
#include "comcat/audio/source.h"

#include "audio/fixtures.h"

namespace comcat::audio {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Recording : public ::testing::Test {
 protected:
  std::string made(const std::string& name) {
    auto writer = SoundWriter::create(directory_.file(name));
    EXPECT_TRUE(writer.ok()) << writer.status();
    if (!writer.ok()) return "";
    EXPECT_TRUE(writer->finish().ok());
    return fs::path(writer->path()).filename();
  }
  const TemporaryDirectory directory_;
};

TEST_F(Recording, OfYesterdayIsKeptAndTheNextFreeNameIsTaken) {
  std::ofstream(directory_.file("heard.wav")) << "yesterday";
  EXPECT_EQ("heard-2.wav", made("heard.wav"));
  EXPECT_EQ("heard-3.wav", made("heard.wav"));
  EXPECT_EQ("heard-2-2.wav", made("heard-2.wav"));
  EXPECT_EQ("NEW.WAV", made("NEW.WAV"));
  EXPECT_EQ("NEW-2.WAV", made("NEW.WAV"));
  EXPECT_EQ("yesterday", contents(directory_.file("heard.wav")));
}

TEST_F(Recording, ThroughALinkLeavesItsTargetAlone) {
  std::ofstream(directory_.file("in.wav")) << "the source";
  fs::create_symlink("in.wav", directory_.file("soft.wav"));
  fs::create_hard_link(directory_.file("in.wav"), directory_.file("hard.wav"));
  fs::create_symlink("nowhere.wav", directory_.file("dangling.wav"));
  fs::create_directory(directory_.file("folder.wav"));
  for (const std::string name : {"in", "soft", "hard", "dangling", "folder"}) {
    EXPECT_EQ(name + "-2.wav", made(name + ".wav"));
  }
  EXPECT_EQ("the source", contents(directory_.file("in.wav")));
  EXPECT_FALSE(fs::exists(directory_.file("nowhere.wav")));
}

TEST_F(Recording, OfTwoClientsIntoOneFileTheSecondTakesAnotherAndSaysWhy) {
  Player player({});
  const auto first = make_sink("file:" + directory_.file("heard.wav"));
  const auto second = make_sink("file:" + directory_.file("heard.wav"));
  ASSERT_TRUE((*first)->start(player, nullptr).ok());
  EXPECT_EQ("file:" + directory_.file("heard.wav"), (*first)->description());
  ASSERT_TRUE((*second)->start(player, nullptr).ok());
  EXPECT_EQ(directory_.file("heard-2.wav"), (*second)->recording());
  EXPECT_THAT((*second)->description(), HasSubstr("heard-2.wav ("));
  EXPECT_THAT((*second)->description(), HasSubstr("is being recorded by another program"));
  (*first)->stop();
  const auto third = make_sink("file:" + directory_.file("heard.wav"));
  ASSERT_TRUE((*third)->start(player, nullptr).ok());
  EXPECT_THAT((*third)->description(), HasSubstr("heard-3.wav ("));
  EXPECT_THAT((*third)->description(), HasSubstr("heard.wav exists already"));
}

TEST_F(Recording, IsForItsOwnerAlone) {
  made("heard.wav");
  struct stat info {};
  ASSERT_EQ(0, ::stat(directory_.file("heard.wav").c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

}  // namespace
}  // namespace comcat::audio
