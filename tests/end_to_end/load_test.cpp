// comcat-load against comcat-server, as users run them.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.h"

namespace comcat::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

/// What follows `key` up to the next space.
std::string value_of(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size();
  return line.substr(begin, line.find(' ', begin) - begin);
}

/// A server of the test's own, on a port of its choice.
class Load : public ::testing::Test {
 protected:
  void start_server(const Words& flags) {
    Words command{program("comcat-server"), "--listen", "127.0.0.1:0", "--state_dir",
                  state_.path()};
    command.insert(command.end(), flags.begin(), flags.end());
    server_ = std::make_unique<Process>(command);
    const auto line = server_->wait_for_line(Process::kErr, "listening address=");
    ASSERT_TRUE(line) << server_->output(Process::kErr);
    address_ = value_of(*line, "address=");
    fingerprint_ = value_of(*line, "fingerprint=");
  }

  /// Runs comcat-load for a short time with `flags` to its end.
  int load(const Words& flags) {
    Words command{program("comcat-load"), "--host", address_,    "--seconds", "0.4",
                  "--warm_up_seconds",    "0.1",    "--clients", "6"};
    command.insert(command.end(), flags.begin(), flags.end());
    load_ = std::make_unique<Process>(command);
    return load_->wait_exit().value_or(-1);
  }

  /// The same until it ends well and counts `wanted`, as long as the machine kept comcat-load
  /// itself from its work: what it then counted says nothing of the server.
  int load_in_full(const Words& flags, const std::string& wanted = {}) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(45);
    for (;;) {
      const int code = load(flags);
      const bool well = code == 0 && out().find(wanted) != std::string::npos;
      if (well || !load_was_late() || std::chrono::steady_clock::now() > deadline) return code;
      std::cout << "comcat-load was too late to measure, so once more\n";
    }
  }

  [[nodiscard]] bool load_was_late() const {
    return out().find("WARNING: the load itself was too slow") != std::string::npos ||
           out().find("\"was_the_bottleneck\":true") != std::string::npos;
  }

  [[nodiscard]] const std::string& out() const { return load_->output(Process::kOut); }
  [[nodiscard]] const std::string& err() const { return load_->output(Process::kErr); }

  TemporaryDirectory state_;
  std::unique_ptr<Process> server_;
  std::unique_ptr<Process> load_;
  std::string address_ = "127.0.0.1:1";  // where nobody listens
  std::string fingerprint_;
};

TEST_F(Load, EverythingIsDeliveredOverTlsAndTheServersCostIsTold) {
  start_server({"--passcode", "secret"});
  EXPECT_EQ(0, load_in_full({"--passcode", "secret", "--speakers", "2", "--json", "--server_pid",
                             std::to_string(server_->pid())},
                            "\"sent_frames\":40,\"expected_frames\":200,"))
      << out() << err();
  for (const char* field :
       {"\"clients\":6", "\"speakers\":2", "\"transport\":\"tls\"", "\"sent_frames\":40",
        "\"expected_frames\":200", "\"delivered_frames\":200", "\"delivered_percent\":100.0",
        "\"duplicate_frames\":0", "\"reordered_frames\":0", "\"latency_us\":{\"p50\":",
        "\"p99.9\":", "\"cpu_us_per_frame\":", "\"kib_per_connection\":", "\"threads\":"}) {
    EXPECT_THAT(out(), HasSubstr(field));
  }
}

TEST_F(Load, PlaintextAndRoomsWork) {
  start_server({"--open", "--insecure"});
  // Three speakers in three rooms of two: each is heard by one.
  const std::string row = "N=6 S=3 sent 60 delivered 60 of 60 (100.00%)";
  EXPECT_EQ(0, load_in_full({"--insecure", "--rooms", "3", "--speakers", "3"}, row));
  EXPECT_THAT(out(), HasSubstr(row)) << err();
  EXPECT_THAT(out(), HasSubstr("plaintext"));
}

TEST_F(Load, ClientsOfTheOriginalProtocolWork) {
  start_server({"--open", "--insecure"});
  const std::string row = "delivered 200 of 200";
  EXPECT_EQ(0, load_in_full({"--insecure", "--original", "--speakers", "2"}, row));
  EXPECT_THAT(out(), HasSubstr(row)) << err();
}

TEST_F(Load, OnlyTheLoudestAreExpected) {
  start_server({"--open", "--insecure", "--max_speakers", "2"});
  const std::string counts =
      "\"sent_frames\":120,\"expected_frames\":200,\"delivered_frames\":200,"
      "\"delivered_percent\":100.0000,\"unexpected_frames\":0";
  EXPECT_EQ(0, load_in_full({"--insecure", "--speakers", "6", "--json"}, counts));
  EXPECT_THAT(out(), HasSubstr(counts)) << err();
}

TEST_F(Load, NobodySpeakingMeasuresMemory) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0,
            load({"--insecure", "--speakers", "0", "--server_pid", std::to_string(server_->pid())}))
      << out() << err();
  EXPECT_THAT(out(), HasSubstr("KiB per connection"));
}

TEST_F(Load, AListenerThatStallsTellsHowOldItsVoiceWas) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0, load_in_full({"--insecure", "--stalled", "2", "--stall_seconds", "0.2"}))
      << out() << err();
  EXPECT_THAT(out(), HasSubstr("stalled 2: 2 heard again"));
}

TEST_F(Load, EightTalkAtOnceAtTheHighestBitrateAndAllOfItArrives) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0, load_in_full({"--insecure", "--clients", "12", "--speakers", "8", "--bytes", "320",
                             "--seconds", "2"}))
      << out() << err();
}

TEST_F(Load, AFlooderIsClosedAndTheOthersHearEverything) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0, load_in_full({"--insecure", "--flooders", "1", "--seconds", "5"})) << out() << err();
  EXPECT_THAT(out(), HasSubstr("flooders 1: 1 closed by the server"));
}

TEST_F(Load, RampFindsTheLargestNumber) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0,
            load_in_full({"--insecure", "--ramp", "--max_clients", "12", "--max_p99_ms", "10000"}))
      << out() << err();
  EXPECT_THAT(out(), HasSubstr("all delivered: 12\n"));
}

TEST_F(Load, WithoutATerminalALongMeasurementTellsHowFarItIs) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0, load_in_full({"--insecure", "--seconds", "6"})) << out() << err();
  EXPECT_THAT(err(), ContainsRegex("measuring, [1-6] s left, [1-9][0-9]* frames delivered\n"));
}

TEST_F(Load, WithoutATerminalShortMeasurementsTellNothingOfWhatIsOver) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(0, load_in_full({"--insecure", "--ramp", "--clients", "2", "--max_clients", "12",
                             "--max_p99_ms", "10000"}))
      << out() << err();
  EXPECT_THAT(err(), Not(HasSubstr(", 0 ")));
}

TEST_F(Load, ARampThatCannotBeginSaysWhyOnce) {
  EXPECT_EQ(5, load({"--ramp"}));
  EXPECT_EQ(1, std::count(err().begin(), err().end(), '\n')) << err();
  EXPECT_THAT(err(), StartsWith("comcat-load: 127.0.0.1:1 refuses connections"));
}

TEST_F(Load, ARampSaysWhyEachNumberWasNotBorne) {
  start_server({"--open", "--insecure", "--max_clients", "7"});
  EXPECT_EQ(0, load_in_full({"--insecure", "--ramp", "--max_p99_ms", "10000"})) << out() << err();
  EXPECT_THAT(err(), StartsWith("N=12 is not borne: "));
  EXPECT_THAT(err(), HasSubstr(" of 12 clients are in; " + address_ + ": the server is full"));
  EXPECT_THAT(err(), Not(HasSubstr("comcat-load: ")));
}

TEST_F(Load, AWrongPasscodeIsRefused) {
  start_server({"--passcode", "secret"});
  EXPECT_EQ(3, load({"--passcode", "guess"}));
  EXPECT_THAT(err(), HasSubstr("the passcode is wrong"));
}

TEST_F(Load, AWrongPasscodeDoesNotBanTheAddress) {
  start_server({"--passcode", "secret", "--max_passcode_failures", "2"});
  EXPECT_EQ(3, load({"--passcode", "guess"}));
  EXPECT_EQ(0, load_in_full({"--passcode", "secret"})) << err();
}

TEST_F(Load, APasscodeThatCannotBeSentIsToldWithoutIt) {
  EXPECT_EQ(2, load({"--passcode", "gu\xC3\xA9ss"}));
  EXPECT_EQ("comcat-load: the passcode holds characters other than printable ASCII\n", err());
}

TEST_F(Load, AFullServerIsFull) {
  start_server({"--open", "--max_clients", "3"});
  EXPECT_EQ(4, load({}));
  EXPECT_THAT(err(), HasSubstr("--max_clients"));
}

TEST_F(Load, ACertificateIsTrustedAsGiven) {
  start_server({"--open"});
  EXPECT_EQ(0, load_in_full({"--trust", fingerprint_})) << err();
  EXPECT_EQ(3, load({"--trust", "SHA256:AAAA"}));
  EXPECT_EQ("comcat-load: the certificate of " + address_ + " is not the one that --trust names: " +
                "it is " + fingerprint_ + "; ask whoever runs the server which is right\n",
            err());
}

TEST_F(Load, TlsToPlaintextIsToldToBeInsecure) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(5, load({}));
  EXPECT_THAT(err(), HasSubstr("does not speak TLS; if its server runs with --insecure, start the "
                               "client with --insecure too"));
}

TEST_F(Load, PlaintextToTlsIsToldToLeaveOutInsecure) {
  start_server({"--open"});
  EXPECT_EQ(5, load({"--insecure"}));
  EXPECT_THAT(err(), HasSubstr("hung up on plaintext; if its server uses TLS, leave out "
                               "--insecure"));
}

TEST_F(Load, ABannedAddressIsToldHowLongToWaitAndNoMore) {
  start_server({"--passcode", "secret", "--max_passcode_failures", "1"});
  EXPECT_EQ(3, load({"--passcode", "guess"}));
  EXPECT_EQ(3, load({"--passcode", "guess"}));
  EXPECT_THAT(err(), HasSubstr("too many wrong passcodes from your address; try again in"));
  EXPECT_EQ(1, std::count(err().begin(), err().end(), ';')) << err();
}

TEST_F(Load, MoreConnectionsThanOneAddressMayHaveAreCounted) {
  start_server({"--open", "--max_connections_per_address", "3"});
  EXPECT_EQ(5, load({"--connect_parallel", "1"}));
  EXPECT_THAT(err(), StartsWith("comcat-load: 3 of 6 clients are in; the next was turned away"));
  EXPECT_THAT(err(), HasSubstr("--max_connections_per_address may be too small"));
}

TEST_F(Load, AnUnreachableServerIsUnreachable) {
  EXPECT_EQ(5, load({}));
  EXPECT_EQ(
      "comcat-load: 127.0.0.1:1 refuses connections; check the port, and that comcat-server runs "
      "there\n",
      err());
}

TEST_F(Load, AFailureIsOneLineWithoutGrpcsOwnLog) {
  start_server({"--open", "--insecure"});
  EXPECT_EQ(5, load({}));  // TLS, in whose handshake gRPC logs an error
  EXPECT_EQ(1, std::count(err().begin(), err().end(), '\n')) << err();
  EXPECT_THAT(err(), StartsWith("comcat-load: "));
}

TEST_F(Load, HelpNamesEveryFlag) {
  EXPECT_EQ(0, load({"--help"}));
  std::ifstream file(COMCAT_DOCS_DIR "/../src/apps/comcat_load.cpp");
  const std::string source{std::istreambuf_iterator<char>(file), {}};
  const std::regex definition("ABSL_FLAG\\([^,]*,\\s*([a-z0-9_]+),");
  int flags = 0;
  for (std::sregex_iterator found(source.begin(), source.end(), definition), end; found != end;
       ++found) {
    ++flags;
    EXPECT_THAT(out(), ContainsRegex("\n  --" + (*found)[1].str() + "( |\n)"));
  }
  EXPECT_LT(20, flags);
}

TEST_F(Load, WrongFlagsAreToldBeforeAnythingHappens) {
  EXPECT_EQ(2, load({"--speakers", "7"}));
  EXPECT_THAT(
      err(),
      HasSubstr("--speakers, --flooders and --stalled together are more than the 6 clients"));
  EXPECT_EQ(2, load({"--bytes", "20"}));
  EXPECT_EQ(2, load({"--no_such_flag"}));
  EXPECT_EQ(2, load({"--host", ""}));
  EXPECT_EQ(2, load({"--speakers_host", "a:b:c"}));
}

}  // namespace
}  // namespace comcat::testing
