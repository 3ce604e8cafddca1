// What is heard by whom: the real server, bare gRPC clients.

#include <string>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using grpc::StatusCode;

TEST(Voice, GoesToEveryoneInTheRoomButTheSpeaker) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  Caller elsewhere({.port = server.port()});
  const auto an_is = an.hello("an");
  ASSERT_TRUE(an_is && binh.hello("binh") && elsewhere.hello("chi", "cellar"));
  ASSERT_TRUE(an.send_voice("one", 1));
  const auto heard = binh.wait_for_voice();
  ASSERT_TRUE(heard);
  EXPECT_EQ(an_is->session(), heard->voice().frames(0).speaker()) << "the sender's number";
  EXPECT_EQ("one", heard->voice().frames(0).chunk());
  ASSERT_TRUE(binh.send_voice("two", 1));
  EXPECT_EQ("two", an.wait_for_voice()->voice().frames(0).chunk()) << "never one's own frame";
  const auto none = elsewhere.wait_for([](const ServerRES& r) { return r.has_voice(); },
                                       std::chrono::milliseconds(100));
  EXPECT_FALSE(none) << "another room";
}

TEST(Voice, CarriesSequenceTimestampAndLevel) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ASSERT_TRUE(an.send_voice("x", 41, 17));
  const auto heard = binh.wait_for_voice();
  ASSERT_TRUE(heard);
  EXPECT_EQ(41U, heard->voice().frames(0).sequence());
  EXPECT_EQ(41U * 960, heard->voice().frames(0).timestamp());
  EXPECT_EQ(17U, heard->voice().frames(0).level());
}

TEST(Voice, HeadersCostLessThanTheVoice) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ASSERT_TRUE(an.send_voice(std::string(80, 'x'), 3'000'000'000U));
  EXPECT_LE(binh.wait_for_voice()->ByteSizeLong(), 80U + 24U);
}

TEST(Voice, AStalledListenerDelaysNobody) {
  ServerProcess server({"--max_frames_per_second=100000", "--max_bytes_per_second=1000000000"});
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  Caller stalled({.port = server.port(), .reading = false});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ClientREQ hello;
  hello.mutable_signal()->set_name("stalled");
  ASSERT_TRUE(stalled.send(hello));
  ASSERT_TRUE(server.logs("name=stalled"));
  const std::string chunk(1200, 'x');
  for (unsigned i = 1; i <= 2000; ++i) {  // far more than every buffer on the stalled one's way
    ASSERT_TRUE(an.send_voice(chunk, i));
    const auto heard = binh.wait_for_voice();
    ASSERT_TRUE(heard) << i;
    ASSERT_EQ(i, heard->voice().frames(0).sequence());
  }
}

TEST(Voice, AStalledListenerIsSentAwayInTheEnd) {
  ServerProcess server(
      {"--max_frames_per_second=100000", "--max_bytes_per_second=1000000000", "--stall_seconds=1"});
  Caller an({.port = server.port()});
  Caller stalled({.port = server.port(), .reading = false});
  ASSERT_TRUE(an.hello("an"));
  ClientREQ hello;
  hello.mutable_signal()->set_name("stalled");
  ASSERT_TRUE(stalled.send(hello));
  const std::string chunk(1200, 'x');
  for (unsigned i = 1; i <= 500; ++i) ASSERT_TRUE(an.send_voice(chunk, i));
  EXPECT_TRUE(an.wait_for([](const ServerRES& r) { return event_of(r).has_left(); }));
  EXPECT_TRUE(server.logs("disconnected for not reading"));
  stalled.start_reading();
  EXPECT_EQ(StatusCode::ABORTED, stalled.status().error_code());
  EXPECT_EQ("disconnected for not reading for 1 s", stalled.status().error_message());
}

TEST(Voice, AMutedOrDeafenedMemberIsLeftAlone) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ClientREQ deafen;
  deafen.mutable_command()->set_trace_id(1);
  deafen.mutable_command()->mutable_set_deafen()->set_deafened(true);
  ASSERT_TRUE(binh.send(deafen));
  ASSERT_TRUE(an.wait_for([](const ServerRES& r) { return event_of(r).has_deafen_changed(); }));
  ASSERT_TRUE(an.send_voice("x"));
  EXPECT_FALSE(binh.wait_for([](const ServerRES& r) { return r.has_voice(); },
                             std::chrono::milliseconds(100)));
}

TEST(Leaving, TheOthersAreToldWhetherSomebodyStoppedOrWasLost) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  const auto left = [](const ServerRES& r) { return event_of(r).has_left(); };
  {
    Caller binh({.port = server.port()});
    ASSERT_TRUE(binh.hello("binh"));
    binh.stop_sending();
    const auto event = an.wait_for(left);
    ASSERT_TRUE(event);
    EXPECT_EQ(Left::STOPPED, event_of(*event).left().reason());
    EXPECT_TRUE(binh.status().ok());
  }
  Caller chi({.port = server.port()});
  ASSERT_TRUE(chi.hello("chi"));
  chi.cancel();
  const auto event = an.wait_for(left);
  ASSERT_TRUE(event);
  EXPECT_EQ(Left::LOST, event_of(*event).left().reason());
}

TEST(Commands, EachIsAnsweredByExactlyOneOutcome) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  ClientREQ mute;
  mute.mutable_command()->set_trace_id(99);
  mute.mutable_command()->mutable_set_mute()->set_muted(true);
  ASSERT_TRUE(an.send(mute));
  const auto outcome = an.wait_for([](const ServerRES& r) { return r.has_outcome(); });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(99U, outcome->outcome().trace_id());
  EXPECT_EQ(0U, outcome->outcome().status());
  EXPECT_TRUE(an.wait_for([](const ServerRES& r) { return event_of(r).has_mute_changed(); }));
}

TEST(Commands, AnUnknownOneIsUnimplemented) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  // ClientREQ{command{trace_id = 9, field 99: empty}}
  ASSERT_TRUE(an.send_raw(std::string("\x1a\x05\x08\x09\x9a\x06\x00", 7)));
  const auto outcome = an.wait_for([](const ServerRES& r) { return r.has_outcome(); });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(9U, outcome->outcome().trace_id());
  EXPECT_EQ(static_cast<unsigned>(StatusCode::UNIMPLEMENTED), outcome->outcome().status());
}

TEST(Commands, TextGoesToTheRoomUnderTheSpeakersName) {
  ServerProcess server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ClientREQ say;
  say.mutable_command()->set_trace_id(1);
  say.mutable_command()->mutable_say()->set_text("hello");
  ASSERT_TRUE(an.send(say));
  const auto said = binh.wait_for([](const ServerRES& r) { return event_of(r).has_text_said(); });
  ASSERT_TRUE(said);
  EXPECT_EQ("an", event_of(*said).text_said().name());
  EXPECT_EQ("hello", event_of(*said).text_said().text());
}

/// Sends something bad after a good hello; the status that the stream ends with.
grpc::Status after(ServerProcess& server, const std::function<void(Caller&)>& something_bad) {
  Caller bad({.port = server.port()});
  EXPECT_TRUE(bad.hello("bad"));
  something_bad(bad);
  const grpc::Status status = bad.status();
  Caller good({.port = server.port()});
  EXPECT_TRUE(good.hello("good")) << "the server lives";
  return status;
}

TEST(BadInput, AnEmptyVoiceChunk) {
  ServerProcess server;
  const grpc::Status status = after(server, [](Caller& c) { c.send_voice(""); });
  EXPECT_EQ(StatusCode::INVALID_ARGUMENT, status.error_code());
  EXPECT_EQ("a voice chunk of 0 bytes; 1 to 1275 are allowed", status.error_message());
}

TEST(BadInput, AVoiceChunkOfOneByteTooMany) {
  ServerProcess server;
  const grpc::Status status =
      after(server, [](Caller& c) { c.send_voice(std::string(1276, 'x')); });
  EXPECT_EQ(StatusCode::INVALID_ARGUMENT, status.error_code());
  EXPECT_EQ("a voice chunk of 1276 bytes; 1 to 1275 are allowed", status.error_message());
}

TEST(BadInput, AVoiceChunkAboveTheMessageLimit) {
  ServerProcess server;
  const grpc::Status status =
      after(server, [](Caller& c) { c.send_voice(std::string(100'000, 'x')); });
  EXPECT_EQ(StatusCode::RESOURCE_EXHAUSTED, status.error_code()) << status.error_message();
}

TEST(BadInput, BytesThatAreNoProtobuf) {
  ServerProcess server;
  const grpc::Status status = after(server, [](Caller& c) { c.send_raw("\xff\xff\xff\xff"); });
  EXPECT_EQ(StatusCode::INVALID_ARGUMENT, status.error_code());
  EXPECT_EQ("a request that is no ClientREQ of calling.proto", status.error_message());
}

TEST(BadInput, ANameThatIsNoUtf8LeavesNoLineThatIsNotOurs) {
  ServerProcess server;
  // ClientREQ{signal{name = "\xff"}}
  const grpc::Status status =
      after(server, [](Caller& c) { c.send_raw(std::string("\x12\x03\x0a\x01\xff", 5)); });
  EXPECT_EQ(StatusCode::INVALID_ARGUMENT, status.error_code());
  EXPECT_TRUE(server.has_logged(" refused "));
  EXPECT_EQ(std::string::npos, server.process().output(Process::kErr).find("protobuf"));
}

TEST(BadInput, AnUnknownRequestArm) {
  ServerProcess server;
  const grpc::Status status =
      after(server, [](Caller& c) { c.send_raw(std::string("\x9a\x06\x00", 3)); });
  EXPECT_EQ(StatusCode::INVALID_ARGUMENT, status.error_code());
  EXPECT_EQ("a request with neither message, signal nor command", status.error_message());
}

TEST(BadInput, ASecondHello) {
  ServerProcess server;
  const grpc::Status status = after(server, [](Caller& c) { std::ignore = c.hello("again"); });
  EXPECT_EQ(StatusCode::INVALID_ARGUMENT, status.error_code());
}

TEST(BadInput, AFlooderIsToldOnceThenSentAway) {
  ServerProcess server({"--max_frames_per_second=50"});
  Caller victim({.port = server.port()});
  ASSERT_TRUE(victim.hello("victim"));
  Caller flooder({.port = server.port()});
  ASSERT_TRUE(flooder.hello("flooder"));
  while (flooder.send_voice("x")) {
  }
  EXPECT_TRUE(flooder.wait_for([](const ServerRES& r) { return r.has_outcome(); }))
      << "the warning";
  EXPECT_FALSE(flooder.wait_for([](const ServerRES& r) { return r.has_outcome(); })) << "one only";
  EXPECT_EQ(StatusCode::RESOURCE_EXHAUSTED, flooder.status().error_code());
  EXPECT_TRUE(victim.wait_for([](const ServerRES& r) { return event_of(r).has_left(); }));
}

}  // namespace
}  // namespace comcat::testing
