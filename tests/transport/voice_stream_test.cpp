// The client's stream against a server that does what a script says: a call, and its end.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/wire/hello_proof.h"

#include "absl/synchronization/notification.h"
#include "support/silent_port.h"
#include "transport/stream_fixtures.h"

namespace comcat::transport {
namespace {

using ::testing::HasSubstr;
using testing::SilentPort;

TEST(VoiceStream, SaysHelloWithThePasscodeAndSpeaksOnceItIsWelcome) {
  absl::Notification voice_was_offered;
  std::string seen;
  ScriptedServer server([&](Call& call) {
    seen += call.passcode().value_or("none");
    const auto hello = call.read_until<wire::Hello>();
    if (!hello) return grpc::Status::OK;
    seen += " " + hello->name + " " + hello->room + " " + std::to_string(hello->features);
    voice_was_offered.WaitForNotification();
    call.write(welcome());
    if (const auto voice = call.read_until<wire::VoiceUp>()) seen += " " + voice->packet.payload;
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "that was all");
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  stream.send_voice(frame("too early"));
  voice_was_offered.Notify();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.send_voice(frame("hello"));
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("that was all"));
  EXPECT_EQ("hunter2 an lobby 1 hello", seen);
  EXPECT_EQ(1U, stream.stats().sent_voice_frames);
  EXPECT_EQ(1U, stream.stats().dropped_voice_frames);
}

TEST(VoiceStream, HandsOnWhatTheServerSays) {
  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    call.write(wire::encode_voice(frame("one")) + wire::encode_voice(frame("two")));
    call.write(wire::encode_response(wire::Event(wire::TextSaid{1, "binh", "hi"})));
    call.write("\xFF\xFF no protobuf");
    const auto command = call.read_until<wire::Command>();
    wire::Outcome outcome;
    outcome.trace_id = command ? command->trace_id : 0;
    call.write(wire::encode_response(outcome));
    return welcome_and_stay(call);
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  EXPECT_EQ(absl::StatusCode::kUnavailable, stream.send({41, wire::ListRooms{}}).code());
  stream.start();
  EXPECT_EQ("voice one", witness.wait_for("voice"));
  EXPECT_EQ("voice two", witness.wait_for("voice"));
  EXPECT_EQ("said hi", witness.wait_for("said"));
  ASSERT_TRUE(stream.send({42, wire::ListRooms{}}).ok());
  EXPECT_EQ("outcome 42", witness.wait_for("outcome"));
  EXPECT_EQ(2U, stream.stats().received_voice_frames);
  EXPECT_EQ(1U, stream.stats().malformed_messages);
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, ProvesItsKeyToAServerThatGivesANonce) {
  const base::SigningKey key = base::SigningKey::make();
  const std::string nonce(wire::kNonceBytes, '\7');
  std::string seen;
  ScriptedServer server([&](Call& call) {
    call.give_nonce(nonce);
    const auto hello = call.read_until<wire::Hello>();
    const auto proof = call.read_until<wire::Hello>();
    if (!hello || !proof) return grpc::Status::OK;
    seen = hello->key == key.public_key() && hello->signature.empty() ? "key" : "no key";
    seen += base::has_signed(hello->key, wire::proof_text(*hello, nonce, ""), proof->signature)
                ? " proof"
                : " no proof";
    call.write(welcome());
    while (call.read()) {
    }
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.key = key;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  EXPECT_EQ("key proof", seen);
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, WaitsForNoNonceOfAServerThatKnowsNoKeys) {
  ScriptedServer server(welcome_and_stay);
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.key = base::SigningKey::make();
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, AServerThatStopsReadingCostsOldVoiceOnly) {
  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    // Reads nothing until the client has gone.
    while (call.write(wire::encode_response(wire::Event{}))) {
    }
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  const std::string packet(1000, 'x');
  for (int i = 0; i < 10'000; ++i) {
    stream.send_voice(frame(packet));
    ASSERT_LE(stream.stats().queued_voice, 200ms);
  }
  EXPECT_GT(stream.stats().dropped_voice_frames, 0U);
}

TEST(VoiceStream, LeavingSendsWhatIsQueuedFirst) {
  std::vector<std::uint64_t> commands;
  ScriptedServer server([&](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    while (const auto command = call.read_until<wire::Command>()) {
      commands.push_back(command->trace_id);
    }
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  for (const std::uint64_t id : {1U, 2U, 3U}) ASSERT_TRUE(stream.send({id, wire::Say{"x"}}).ok());
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
  EXPECT_EQ((std::vector<std::uint64_t>{1, 2, 3}), commands);
}

TEST(VoiceStream, LeavingNeedsNoServerThatAnswers) {
  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    call.wait_until_cancelled();
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.leave_timeout = 50ms;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, LeavingWorksWhileConnectingAndWhileWaitingToTryAgain) {
  const SilentPort silent;
  Witness connecting;
  VoiceStream first(options_for(silent.port()), connecting);
  first.start();
  first.leave();
  EXPECT_EQ("left", connecting.wait_for("left"));

  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    return status(grpc::StatusCode::UNAVAILABLE, "gone");
  });
  Witness waiting;
  VoiceStream::Options options = options_for(server.port());
  options.backoff = {1h, 1h};
  VoiceStream second(options, waiting);
  second.start();
  EXPECT_THAT(waiting.wait_for("interrupted"), HasSubstr("gone"));
  second.leave();
  EXPECT_EQ("left", waiting.wait_for("left"));
}

TEST(VoiceStream, AHostThatIsANameIsFoundAndCalled) {
  ScriptedServer server(welcome_and_stay);
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.address.host = "localhost";
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
}

TEST(VoiceStream, LeavingWorksWhileANameIsLookedUp) {
  Witness witness;
  VoiceStream::Options options = options_for(1);
  options.address.host = "nowhere.invalid";
  VoiceStream stream(options, witness);
  stream.start();
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, ADestructorNeedsNoGoodbye) {
  ScriptedServer server(welcome_and_stay);
  Witness witness;
  {
    VoiceStream stream(options_for(server.port()), witness);
    stream.start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  EXPECT_EQ("left", witness.notes().back());
  const VoiceStream never_started(options_for(server.port()), witness);
}

}  // namespace
}  // namespace comcat::transport
