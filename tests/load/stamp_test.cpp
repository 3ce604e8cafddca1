#include "comcat/load/stamp.h"

#include <span>

#include <gtest/gtest.h>

#include "comcat/wire/convert.h"

namespace comcat::load {
namespace {

TEST(Stamp, ComesBackAsItWent) {
  const Stamp stamp{123'456'789'012, 42, 7, 0xdeadbeef};
  const std::string chunk = stamp.to_chunk(80);
  EXPECT_EQ(80U, chunk.size());
  const auto back = Stamp::from_chunk(chunk);
  ASSERT_TRUE(back);
  EXPECT_EQ(stamp.sent_ns, back->sent_ns);
  EXPECT_EQ(stamp.serial, back->serial);
  EXPECT_EQ(stamp.speaker, back->speaker);
  EXPECT_EQ(stamp.run, back->run);
}

TEST(Stamp, LooksLikeOnePacketOf20Milliseconds) {
  wire::VoicePacket packet;
  packet.payload = Stamp{}.to_chunk(80);
  const std::string sent = wire::encode_request(packet);  // which tells no duration
  const auto request = wire::parse_request(std::as_bytes(std::span(sent)));
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(960U, std::get<wire::VoiceUp>(*request).packet.duration_samples);
}

TEST(Stamp, AChunkTooShortIsNotOurs) {
  EXPECT_FALSE(Stamp::from_chunk(Stamp{}.to_chunk(0).substr(1)));
  EXPECT_FALSE(Stamp::from_chunk(""));
  EXPECT_TRUE(Stamp::from_chunk(Stamp{}.to_chunk(0)));
}

}  // namespace
}  // namespace comcat::load
