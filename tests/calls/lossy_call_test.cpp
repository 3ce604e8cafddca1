// Calls over a bad network.

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/absence.h"
#include "support/client_process.h"
#include "support/lossy_network.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSecond = 48'000;
constexpr double kSame = 0.8;  // the least that Opus leaves of a sentence
constexpr double kInTime_ms = 600;
constexpr double kStillClear = 0.6;  // of 12 kbit/s
constexpr double kRepeated = 0.04;   // of one in ten that is lost, with the time before it is known
constexpr double kHeard = -30;       // dBFS of a tone that is sent at -6
constexpr std::size_t kTenth = 4'800;
// A path is given up 2 s after its last proof, and voice goes both ways after 1 s. The rest is for
// a slow machine.
constexpr double kLongestSilence_s = 1.2 + 0.6;
const LinkConditions kFar{.delay = 25ms};
const LinkConditions kFarWithoutUdp{.delay = 25ms, .passes = LinkConditions::Passes::kAllButUdp};

/// The longest time in which `hertz` is not heard, between the first and the last time that it is.
double longest_silence_s(const Samples& heard, double hertz) {
  std::size_t silent = 0;
  std::size_t longest = 0;
  bool begun = false;
  for (std::size_t at = 0; at + kTenth <= heard.size(); at += kTenth) {
    const bool is_there = tone_dbfs(std::span(heard).subspan(at, kTenth), hertz) > kHeard;
    if (is_there && begun) longest = std::max(longest, silent);
    silent = is_there ? 0 : silent + 1;
    begun = begun || is_there;
  }
  return static_cast<double>(longest) / 10;
}

/// What is wrong with how `hertz` is heard in a recording; "" where nothing is.
std::string interrupted(const std::string& file, double hertz, double allowed_s) {
  const double silence_s = longest_silence_s(read_file(file), hertz);
  if (silence_s <= allowed_s) return "";
  return std::to_string(hertz) + " Hz was silent for " + std::to_string(silence_s) + " s; ";
}

/// A server, and near to it somebody who says a tone and records what is heard; both of them at one
/// end of the bad line, an at the other.
class LossyCall {
 public:
  explicit LossyCall(const LinkConditions& conditions = kFar) { network_->set(conditions); }

  [[nodiscard]] LossyNetwork& network() { return *network_; }
  [[nodiscard]] ClientProcess& an() { return *an_; }
  void call(std::vector<std::string> flags) {
    EXPECT_TRUE(binh_.prints("type help"));
    flags.insert(flags.begin(), "--host=" + std::string(LossyNetwork::kServer) + ":" +
                                    std::to_string(server_.port()));
    an_ = std::make_unique<ClientProcess>(server_, "an", flags, network_->client().inside());
  }
  /// an says a tone, records, and tells of the ways.
  void call_with_tone() { call({"--input=tone:1000", "--output=file:" + heard_by_an(), "--json"}); }
  [[nodiscard]] bool tells_path(const std::string& up, const std::string& down) {
    return an_->prints(R"("up":")" + up + R"(","down":")" + down + '"');
  }
  /// Of the jitter buffer that an's voice waits in.
  [[nodiscard]] double delay_at_binh_ms() {
    binh_.type("stats");
    const auto line = binh_.process().wait_for_line(Process::kOut, ", delay ");
    EXPECT_TRUE(line);
    return line ? std::stod(line->substr(line->find(", delay ") + 8)) : 0;
  }
  /// The call goes on for so long.
  [[nodiscard]] bool goes_on(Process::Timeout time) {
    return !an_->process().wait_exit(time).has_value();
  }
  void hang_up() {
    EXPECT_EQ(0, an_->stop());
    EXPECT_EQ(0, binh_.stop());
  }
  [[nodiscard]] std::string in(const std::string& name) const { return directory_.file(name); }
  [[nodiscard]] std::string heard() const { return in("heard.wav"); }
  [[nodiscard]] std::string heard_by_an() const { return in("an.wav"); }

 private:
  const TemporaryDirectory directory_;
  const std::unique_ptr<LossyNetwork> network_ = LossyNetwork::make();
  ServerProcess server_{{"--listen=0.0.0.0:0"}, true, network_->server().inside()};
  ClientProcess binh_{server_,
                      "binh",
                      {"--input=tone:440", "--output=file:" + heard()},
                      network_->server().inside()};
  std::unique_ptr<ClientProcess> an_;
};

#define COMCAT_NEEDS_A_LOSSY_CALL() COMCAT_NEEDS_LOSSY_NETWORK(LossyNetwork::make())

/// By which way an calls, and what the line is like.
struct Line {
  const char* name;
  std::string flag;
  LinkConditions conditions;
};

std::string a_sentence(const Line& line) {
  LossyCall call(line.conditions);
  const Samples said = speak("Can you hear me now?");
  write_file(call.in("said.wav"), padded(said, kSecond));
  call.call({"--input=file:" + call.in("said.wav"), "--output=null", line.flag});
  EXPECT_TRUE(call.an().prints("the input file is at its end"));
  call.hang_up();
  const double likeness = likeness_by_words(said, read_file(call.heard()));
  return likeness >= kSame ? ""
                           : "what was heard is like what was said by " + std::to_string(likeness);
}

class LossySentence : public ::testing::TestWithParam<Line> {};

TEST_P(LossySentence, IsHeard) {
  COMCAT_NEEDS_A_LOSSY_CALL();
  expect_right([] { return a_sentence(GetParam()); });
}

INSTANTIATE_TEST_SUITE_P(
    By, LossySentence,
    ::testing::Values(
        Line{"TheStreamWhereOneInTwentyIsLost", "--nodatagrams", {.delay = 25ms, .loss = 0.05}},
        Line{"DatagramsWhereOneInTwentyIsLost", "--datagrams", {.delay = 25ms, .loss = 0.05}},
        Line{"TheStreamWhereUdpIsBlocked", "--datagrams", kFarWithoutUdp}),
    [](const auto& line) { return line.param.name; });

std::string udp_is_dropped() {
  LossyCall call;
  call.call_with_tone();
  EXPECT_TRUE(call.tells_path("datagrams", "datagrams"));
  call.network().set(kFarWithoutUdp);
  EXPECT_TRUE(call.tells_path("stream", "stream"));
  EXPECT_TRUE(call.goes_on(1s));
  call.hang_up();
  return interrupted(call.heard(), 1000, kLongestSilence_s) +
         interrupted(call.heard_by_an(), 440, kLongestSilence_s);
}

TEST(LossyCall, GoesOnByTheStreamWhereUdpIsDroppedInTheMiddle) {
  COMCAT_NEEDS_A_LOSSY_CALL();
  expect_right(udp_is_dropped);
}

/// A way up on which what is said has less room than it takes, with its headers and what answers
/// the voice that comes down.
struct Narrow {
  const char* name;
  std::string flag;
  std::string way;
  std::uint64_t bits_per_second;
};

/// A sentence, over and over.
std::string a_narrow_way_up(const Narrow& narrow) {
  LossyCall call;
  const Samples said = speak("Can you hear me now?");
  Samples again;
  for (int i = 0; i < 10; ++i) again.insert(again.end(), said.begin(), said.end());
  write_file(call.in("said.wav"), padded(again, kSecond));
  call.call({"--input=file:" + call.in("said.wav"), "--output=null", "--json", narrow.flag});
  EXPECT_TRUE(narrow.way == "stream" ? call.goes_on(2s) : call.tells_path(narrow.way, narrow.way));
  call.network().link().set(
      LossyLink::kUp, {.delay = 25ms, .bits_per_second = narrow.bits_per_second, .queue = 2s});
  EXPECT_TRUE(call.goes_on(5s));
  call.an().type("stats");
  EXPECT_TRUE(call.an().prints(R"("frame_ms":60)"));
  EXPECT_TRUE(call.goes_on(1s));
  const double delay_ms = call.delay_at_binh_ms();
  EXPECT_TRUE(call.an().prints(R"("event":"input_ended")"));
  call.hang_up();
  const Samples heard = read_file(call.heard());
  const double likeness =
      likeness_by_words(said, std::span(heard).last(std::min(heard.size(), 4 * said.size())));
  std::string wrong;
  if (likeness < kStillClear) {
    wrong += "what was heard is like what was said by " + std::to_string(likeness) + "; ";
  }
  if (delay_ms >= kInTime_ms) wrong += "it was " + std::to_string(delay_ms) + " ms late";
  return wrong;
}

class NarrowWayUp : public ::testing::TestWithParam<Narrow> {};

TEST_P(NarrowWayUp, IsHeardInTime) {
  COMCAT_NEEDS_A_LOSSY_CALL();
  expect_right([] { return a_narrow_way_up(GetParam()); });
}

INSTANTIATE_TEST_SUITE_P(By, NarrowWayUp,
                         ::testing::Values(Narrow{"Datagrams", "--datagrams", "datagrams", 24'000},
                                           Narrow{"TheStream", "--nodatagrams", "stream", 56'000}),
                         [](const auto& narrow) { return narrow.param.name; });

/// How much of what an hears has to be made up, where one datagram in ten is lost on the way down.
std::string a_lossy_way_down() {
  LossyCall call;
  call.call_with_tone();
  EXPECT_TRUE(call.tells_path("datagrams", "datagrams"));
  call.network().link().set(LossyLink::kDown, {.delay = 25ms, .loss = 0.1});
  EXPECT_TRUE(call.goes_on(6s));
  call.an().type("stats");
  const auto stats = call.an().process().wait_for_line(Process::kOut, R"("event":"stats")");
  call.hang_up();
  if (!stats) return "no stats";
  const auto number = [&](const std::string& key) {
    return std::stod(stats->substr(stats->find('"' + key + "\":") + key.size() + 3));
  };
  const double share = number("concealed_samples") / number("speech_samples");
  return share < kRepeated ? "" : "concealed was " + std::to_string(share);
}

TEST(LossyCall, IsHeardNearlyWholeThoughOneInTenIsLostOnTheWayDown) {
  COMCAT_NEEDS_A_LOSSY_CALL();
  expect_right(a_lossy_way_down);
}

std::string router_forgets_and_address_changes() {
  LossyCall call;
  call.call_with_tone();
  EXPECT_TRUE(call.tells_path("datagrams", "datagrams"));
  call.network().link().forget_ports();
  EXPECT_TRUE(call.goes_on(1500ms));
  EXPECT_TRUE(call.network().move_client(3));  // of which TCP knows nothing
  EXPECT_TRUE(call.goes_on(1500ms));
  call.hang_up();
  return interrupted(call.heard(), 1000, 1) + interrupted(call.heard_by_an(), 440, 1);
}

TEST(LossyCall, GoesOnWhereARouterForgetsAndTheAddressChanges) {
  COMCAT_NEEDS_A_LOSSY_CALL();
  expect_right(router_forgets_and_address_changes);
}

}  // namespace
}  // namespace comcat::testing
