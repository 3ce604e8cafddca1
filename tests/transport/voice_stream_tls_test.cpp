// Whose certificate a stream trusts.

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.h"
#include "transport/stream_fixtures.h"

namespace comcat::transport {
namespace {

using ::testing::HasSubstr;
using testing::make_self_signed;
using testing::TemporaryDirectory;

VoiceStream::Options tls_options(int port, const std::string& state) {
  VoiceStream::Options out = options_for(port);
  out.tls = true;
  out.trust.state_directory = state;
  return out;
}

TEST(VoiceStreamTls, ACertificateIsPinnedAtFirstUseAndAccepted) {
  const TemporaryDirectory state;
  ScriptedServer server(welcome_and_stay, make_self_signed("127.0.0.1"));
  for (const bool first : {true, false}) {
    Witness witness;
    VoiceStream stream(tls_options(server.port(), state.path()), witness);
    stream.start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
    EXPECT_EQ(first ? 1 : 0, witness.count("notice"));
  }
}

TEST(VoiceStreamTls, AHostIsRememberedByItsNameWhereverItWasFound) {
  const TemporaryDirectory state;
  ScriptedServer server(welcome_and_stay, make_self_signed("localhost"));
  VoiceStream::Options options = tls_options(server.port(), state.path());
  options.address.host = "localhost";
  Witness witness;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  std::ifstream file(state.path() + "/known_hosts");
  const std::string known{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(known, HasSubstr("localhost:" + std::to_string(server.port())));
}

TEST(VoiceStreamTls, AChangedCertificateGetsNeitherPasscodeNorHello) {
  const TemporaryDirectory state;
  int port = 0;
  {
    ScriptedServer server(welcome_and_stay, make_self_signed("127.0.0.1"));
    port = server.port();
    Witness witness;
    VoiceStream stream(tls_options(port, state.path()), witness);
    stream.start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  ScriptedServer impostor(welcome_and_stay, make_self_signed("127.0.0.1"), port);
  Witness witness;
  VoiceStream stream(tls_options(port, state.path()), witness);
  stream.start();
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("HAS CHANGED"));
  EXPECT_EQ(0, impostor.calls()) << "nothing of ours was sent";
}

TEST(VoiceStreamTls, AServerThatChangesItsCertificateDuringACallIsNotFollowed) {
  const TemporaryDirectory state;
  Witness witness;
  std::unique_ptr<VoiceStream> stream;
  int port = 0;
  {
    ScriptedServer server(
        [](Call& call) {
          static_cast<void>(call.read_until<wire::Hello>());
          call.write(welcome());
          call.wait_until_cancelled();
          return grpc::Status::OK;
        },
        make_self_signed("127.0.0.1"));
    port = server.port();
    stream = std::make_unique<VoiceStream>(tls_options(port, state.path()), witness);
    stream->start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  ScriptedServer impostor(welcome_and_stay, make_self_signed("127.0.0.1"), port);
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("HAS CHANGED"));
  EXPECT_EQ(0, impostor.calls());
}

TEST(VoiceStreamTls, PlaintextMeetingTlsSaysWhichFlagIsMissing) {
  const TemporaryDirectory state;
  ScriptedServer plaintext(welcome_and_stay);
  ScriptedServer encrypted(welcome_and_stay, make_self_signed("127.0.0.1"));
  Witness over_tls;
  VoiceStream first(tls_options(plaintext.port(), state.path()), over_tls);
  first.start();
  EXPECT_THAT(over_tls.wait_for("closed"), HasSubstr("--insecure too"));
  Witness over_plaintext;
  VoiceStream second(options_for(encrypted.port()), over_plaintext);
  second.start();
  EXPECT_THAT(over_plaintext.wait_for("closed"), HasSubstr("leave out --insecure"));
}

}  // namespace
}  // namespace comcat::transport
