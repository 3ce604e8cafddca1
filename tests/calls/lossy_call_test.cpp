// Calls over a bad network.

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/client_process.h"
#include "support/lossy_network.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSecond = 48'000;
constexpr double kSame = 0.8;  // the least that Opus leaves of a sentence

TEST(LossyCall, ASentenceIsHeardThoughOneInTwentyPacketsIsLost) {
  const std::unique_ptr<LossyNetwork> network = LossyNetwork::make();
  COMCAT_NEEDS_LOSSY_NETWORK(network);
  network->set({.delay = 25ms, .loss = 0.05});
  const std::string host = std::string(LossyNetwork::kServer) + ":";
  const TemporaryDirectory directory;
  const std::string said_file = directory.path() + "/said.wav";
  const std::string heard_file = directory.path() + "/heard.wav";
  const Samples said = speak("The quick brown fox jumps over the lazy dog.");
  write_file(said_file, padded(said, kSecond));
  ServerProcess server({"--listen=0.0.0.0:0"}, true, network->server().inside());
  ClientProcess binh(server, "binh", {"--input=null", "--output=file:" + heard_file},
                     network->server().inside());
  ASSERT_TRUE(binh.prints("type help"));
  ClientProcess an(server, "an",
                   {"--host=" + host + std::to_string(server.port()), "--input=file:" + said_file,
                    "--output=null"},
                   network->client().inside());
  ASSERT_TRUE(an.prints("the input file is at its end"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, binh.stop());
  EXPECT_GE(likeness_by_words(said, read_file(heard_file)), kSame);
  EXPECT_LT(0U, network->link().counts(LossyLink::kUp).lost);
}

}  // namespace
}  // namespace comcat::testing
