// A client of the original protocol in a call with comcat's own, judged by what it plays.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/absence.h"
#include "support/client_process.h"
#include "support/original_client.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

constexpr std::size_t kSecond = 48'000;
constexpr double kSame = 0.8;  // the least that Opus leaves of a sentence

std::string complaint(const std::string& who, double likeness) {
  if (likeness >= kSame) return "";
  return who + " heard what is like what was said by " + std::to_string(likeness) + ", not " +
         std::to_string(kSame) + "; ";
}

/// An says a sentence; binh, of ours, and an original client hear it. What is wrong, or "".
std::string one_speaks(const std::vector<std::string>& how) {
  const Samples said = speak("The quick brown fox jumps over the lazy dog.");
  const TemporaryDirectory directory;
  write_file(directory.path() + "/said.wav", padded(said, 2 * kSecond));  // others join meanwhile
  ServerProcess server;
  OriginalClient original(server.port());
  EXPECT_TRUE(original.join());
  ClientProcess binh(server, "binh",
                     {"--input=null", "--output=file:" + directory.path() + "/heard.wav"});
  EXPECT_TRUE(binh.prints("type help"));
  std::vector<std::string> flags{"--input=file:" + directory.path() + "/said.wav", "--output=null"};
  flags.insert(flags.end(), how.begin(), how.end());
  ClientProcess an(server, "an", flags);
  EXPECT_TRUE(an.prints("the input file is at its end"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, binh.stop());
  const Samples played = padded(original.heard(), kSecond);
  EXPECT_EQ(0U, original.ignored_chunks());
  EXPECT_EQ(0, server.stop());
  return complaint("the original client", likeness_by_words(said, played)) +
         complaint("binh", likeness_by_words(said, read_file(directory.path() + "/heard.wav")));
}

TEST(OriginalCall, AnOriginalClientHearsASentenceByItsOwnDecoderAndOursBesideIt) {
  expect_right([] { return one_speaks({}); });
}

TEST(OriginalCall, SoTheyDoWhereTheFramesAreLong) {
  expect_right([] { return one_speaks({"--frame_ms=60"}); });
}

TEST(OriginalCall, AndWhereTheyAreTheShortest) {
  expect_right([] { return one_speaks({"--frame_ms=2.5"}); });
}

TEST(OriginalCall, AndWhereTheBitrateIsTheLowest) {
  expect_right([] { return one_speaks({"--bitrate=6000"}); });
}

}  // namespace
}  // namespace comcat::testing
