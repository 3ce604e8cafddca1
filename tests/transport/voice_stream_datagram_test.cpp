// The client's stream against a server that offers datagrams.

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "transport/datagram_server.h"
#include "transport/stream_fixtures.h"

namespace comcat::transport {
namespace {

constexpr int kManyFrames = 500;  // 10 s of them; a third of a second is what it takes

std::string welcome_with(const DatagramServer& datagrams) {
  wire::Welcome out;
  out.session = 7;
  out.room = "lobby";
  out.resume_key = "0123456789abcdef";
  out.datagrams = datagrams.offer();
  return wire::encode_response(out);
}

wire::VoicePacket numbered(std::uint32_t number) {
  wire::VoicePacket out = frame("frame " + std::to_string(number));
  out.speaker = 1;
  out.sequence = number;
  return out;
}

/// Welcomes with an offer, then stays until the client leaves.
grpc::Status offer_and_stay(Call& call, const DatagramServer& datagrams) {
  static_cast<void>(call.read_until<wire::Hello>());
  call.write(welcome_with(datagrams));
  while (call.read()) {
  }
  return grpc::Status::OK;
}

/// Speaks until the server hears it by datagram.
bool is_heard(VoiceStream& stream, DatagramServer& datagrams) {
  for (std::uint32_t i = 1; i <= kManyFrames; ++i) {
    stream.send_voice(numbered(i));
    if (datagrams.wait_for_voice(20ms)) return true;
  }
  return false;
}

/// Has the server speak until the client hears it, which takes no more than one frame.
bool hears(Witness& witness, DatagramServer& datagrams) {
  for (std::uint32_t i = 1; i <= kManyFrames; ++i) {
    if (datagrams.say(numbered(i))) {
      return witness.wait_for("voice").starts_with("voice frame");
    }
    static_cast<void>(datagrams.wait_for_voice(20ms));
  }
  return false;
}

TEST(DatagramVoice, GoesAndComesBesideTheStream) {
  DatagramServer datagrams;
  ScriptedServer server([&](Call& call) { return offer_and_stay(call, datagrams); });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  EXPECT_TRUE(is_heard(stream, datagrams));
  EXPECT_EQ("path", witness.wait_for("path"));
  EXPECT_TRUE(hears(witness, datagrams));
  const VoiceStream::Stats stats = stream.stats();
  EXPECT_TRUE(stats.path.offered);
  EXPECT_EQ(datagram::Way::kDatagram, stats.path.up);
  EXPECT_TRUE(stats.path.round_trip.has_value());
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(DatagramVoice, ThatComesByTheStreamAsWellIsHeardOnce) {
  DatagramServer datagrams;
  ScriptedServer server([&](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome_with(datagrams));
    static_cast<void>(call.read_until<wire::Command>());
    for (std::uint32_t i = 1; i <= 3; ++i) call.write(wire::encode_voice(numbered(i)));
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "that was all");
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  ASSERT_TRUE(is_heard(stream, datagrams));
  for (int tries = 0; tries < kManyFrames && !datagrams.say(numbered(2)); ++tries) {
    static_cast<void>(datagrams.wait_for_voice(20ms));
  }
  EXPECT_EQ("voice frame 2", witness.wait_for("voice"));
  EXPECT_TRUE(stream.send({1, wire::ListRooms{}}).ok());
  static_cast<void>(witness.wait_for("closed"));
  EXPECT_EQ(3, witness.count("voice"));
  EXPECT_EQ(1, witness.count("voice frame 2"));
}

TEST(DatagramVoice, GetsNewKeysWithTheNextWelcome) {
  DatagramServer first(0);
  DatagramServer second(1);
  ScriptedServer server([&](Call& call) {
    if (call.number() > 0) return offer_and_stay(call, second);
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome_with(first));
    static_cast<void>(call.read_until<wire::Command>());
    return status(grpc::StatusCode::UNAVAILABLE, "away");
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  ASSERT_TRUE(is_heard(stream, first));
  EXPECT_TRUE(stream.send({1, wire::ListRooms{}}).ok());
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  EXPECT_TRUE(is_heard(stream, second));
  EXPECT_TRUE(hears(witness, second));
}

TEST(DatagramVoice, IsNotForThoseWhoDoWithout) {
  DatagramServer datagrams;
  ScriptedServer server([&](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome_with(datagrams));
    const auto voice = call.read_until<wire::VoiceUp>();
    return status(grpc::StatusCode::PERMISSION_DENIED, voice ? "heard" : "not heard");
  });
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.datagrams = false;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.send_voice(numbered(1));
  EXPECT_EQ(std::string::npos, witness.wait_for("closed").find("not heard"));
  EXPECT_FALSE(datagrams.wait_for_voice(0ms));
  EXPECT_FALSE(stream.stats().path.offered);
  EXPECT_EQ(0, witness.count("path"));
}

}  // namespace
}  // namespace comcat::transport
