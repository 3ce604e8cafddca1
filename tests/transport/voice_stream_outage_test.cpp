// A stream that is refused, lost, or never answered.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/silent_port.h"
#include "transport/stream_fixtures.h"

namespace comcat::transport {
namespace {

using ::testing::HasSubstr;
using testing::SilentPort;

TEST(VoiceStream, EveryRefusalBeforeTheWelcomeIsTheEnd) {
  const std::pair<grpc::StatusCode, const char*> kRefusals[] = {
      {grpc::StatusCode::UNAUTHENTICATED, "check the passcode"},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "try again later"},
      {grpc::StatusCode::ALREADY_EXISTS, "another --name"},
      {grpc::StatusCode::INVALID_ARGUMENT, "because"},
      {grpc::StatusCode::UNAVAILABLE, "because"},
      {grpc::StatusCode::INTERNAL, "because"},
      {grpc::StatusCode::OK, "cannot be reached"},
  };
  for (const auto& [code, part] : kRefusals) {
    ScriptedServer server([&, refusal = code](Call&) { return status(refusal, "because"); });
    Witness witness;
    VoiceStream stream(options_for(server.port()), witness);
    stream.start();
    EXPECT_THAT(witness.wait_for("closed"), HasSubstr(part));
    EXPECT_EQ(1, server.calls());
  }
}

TEST(VoiceStream, WhatIsNoComcatServerIsCalledSo) {
  ScriptedServer server([](Call& call) {
    call.write("\xFF\xFF something else");
    call.wait_until_cancelled();
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("not comcat's"));
}

TEST(VoiceStream, ALostCallComesBackWithItsResumeKeyAndRoom) {
  std::vector<std::string> hellos;
  ScriptedServer server([&](Call& call) {
    const auto hello = call.read_until<wire::Hello>();
    if (hello) hellos.push_back(hello->resume_key + "/" + hello->room);
    if (call.number() == 1) return status(grpc::StatusCode::UNAVAILABLE, "still starting");
    if (call.number() == 2) return status(grpc::StatusCode::RESOURCE_EXHAUSTED, "filling up");
    call.write(welcome("key of call " + std::to_string(call.number()) + "..."));
    if (call.number() == 3) {
      while (call.read()) {
      }
      return grpc::Status::OK;
    }
    static_cast<void>(call.read_until<wire::Command>());
    return status(grpc::StatusCode::UNAVAILABLE, "the server is shutting down");
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.set_place("cellar", 0);
  ASSERT_TRUE(stream.send({1, wire::ListRooms{}}).ok());
  EXPECT_THAT(witness.wait_for("interrupted"), HasSubstr("the server is shutting down"));
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  EXPECT_EQ(2, witness.count("interrupted")) << "that it was lost, and that the server is full";
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
  const std::string again = "key of call 0.../cellar";
  EXPECT_EQ((std::vector<std::string>{"/lobby", again, again, again}), hellos);
}

TEST(VoiceStream, ARestartedServerIsFoundAgain) {
  Witness witness;
  int port = 0;
  std::unique_ptr<VoiceStream> stream;
  {
    ScriptedServer before([](Call& call) {
      static_cast<void>(call.read_until<wire::Hello>());
      call.write(welcome());
      call.wait_until_cancelled();
      return grpc::Status::OK;
    });
    port = before.port();
    stream = std::make_unique<VoiceStream>(options_for(port), witness);
    stream->start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  EXPECT_THAT(witness.wait_for("interrupted"), HasSubstr("was lost"));
  ScriptedServer after(welcome_and_stay, {}, port);
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream->leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, WhoIsThrownOutStaysOut) {
  for (const auto code : {grpc::StatusCode::PERMISSION_DENIED, grpc::StatusCode::UNAUTHENTICATED,
                          grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::ALREADY_EXISTS}) {
    ScriptedServer server([&](Call& call) {
      static_cast<void>(call.read_until<wire::Hello>());
      call.write(welcome());
      return status(code, "out");
    });
    Witness witness;
    VoiceStream stream(options_for(server.port()), witness);
    stream.start();
    EXPECT_THAT(witness.wait_for("closed"), HasSubstr("out"));
    EXPECT_EQ(1, server.calls());
    EXPECT_EQ(0, witness.count("interrupted"));
  }
}

TEST(VoiceStream, AServerThatNeverAnswersIsGivenUp) {
  ScriptedServer server([](Call& call) {
    call.wait_until_cancelled();
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.connect_timeout = 100ms;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("gave no answer within 1 s"));
}

TEST(VoiceStream, APortThatOnlyAcceptsIsGivenUpWithTlsAndWithout) {
  const SilentPort silent;
  for (const bool tls : {true, false}) {
    Witness witness;
    VoiceStream::Options options = options_for(silent.port());
    options.tls = tls;
    options.connect_timeout = 100ms;
    VoiceStream stream(options, witness);
    stream.start();
    EXPECT_THAT(witness.wait_for("closed"), HasSubstr("gave no answer"));
  }
}

}  // namespace
}  // namespace comcat::transport
