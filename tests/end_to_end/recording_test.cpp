// A call that is recorded: the files that are left, and what the others are told.

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "support/client_process.h"
#include "support/signal.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

namespace fs = std::filesystem;

/// The file in `directory` whose name ends so; "" where there is none.
std::string file_in(const std::string& directory, const std::string& end) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none)) {
    if (entry.path().string().ends_with(end)) return entry.path();
  }
  return {};
}

TEST(Recording, HasATrackOfEveryoneAndAMixAndTheOthersAreTold) {
  const TemporaryDirectory directory;
  const std::string calls = directory.file("calls");
  write_file(directory.file("said.wav"), make_tone(880, 48'000));
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"});
  ASSERT_TRUE(an.prints("type help"));
  ClientProcess chi(server, "chi", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("chi joined"));
  an.type("record " + calls);
  ASSERT_TRUE(an.prints("the call is recorded into"));
  EXPECT_TRUE(chi.prints("an records the call"));
  ClientProcess binh(server, "binh",
                     {"--input=file:" + directory.file("said.wav"), "--output=null"});
  EXPECT_TRUE(binh.prints("an (records)"));
  ASSERT_TRUE(binh.prints("the input file is at its end"));
  binh.type("say that was all");
  ASSERT_TRUE(an.prints("<binh> that was all"));
  an.type("record off");
  EXPECT_TRUE(an.prints("is complete"));
  EXPECT_TRUE(chi.prints("an no longer records the call"));
  EXPECT_EQ(0, an.stop());

  const Samples own = read_file(file_in(calls, "-an.opus"));
  const Samples other = read_file(file_in(calls, "-binh.opus"));
  const Samples mix = read_file(file_in(calls, "-mix.flac"));
  EXPECT_GT(loudest_tone_dbfs(own, 440), -15);
  EXPECT_LT(loudest_tone_dbfs(own, 880), -40);
  EXPECT_GT(loudest_tone_dbfs(other, 880), -15);
  EXPECT_LT(loudest_tone_dbfs(other, 440), -40);
  EXPECT_GT(loudest_tone_dbfs(mix, 440), -15);
  EXPECT_GT(loudest_tone_dbfs(mix, 880), -15);
}

TEST(Recording, IsRefusedWhereTheServerForbidsIt) {
  const TemporaryDirectory directory;
  ServerProcess server({"--norecording"});
  ClientProcess an(server, "an", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("type help"));
  an.type("record " + directory.path() + "/calls");
  EXPECT_TRUE(an.prints("this server allows no recordings"));
  EXPECT_EQ(0, an.stop());
  EXPECT_FALSE(fs::exists(directory.path() + "/calls"));
}

}  // namespace
}  // namespace comcat::testing
