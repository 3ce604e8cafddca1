#include "comcat/recording/ogg_opus_stream.h"

#include <fstream>

#include <gtest/gtest.h>

#include "recording/voices.h"
#include "support/process.h"
#include "support/speech.h"

namespace comcat::recording {
namespace {

using testing::TemporaryDirectory;

testing::Samples decoded(const std::string& bytes) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/it.opus";
  std::ofstream(path, std::ios::binary) << bytes;
  return testing::read_file(path);
}

void add(OggOpusStream& stream, const wire::VoicePackets& packets) {
  for (const wire::VoicePacket& packet : packets) stream.add(packet.payload, kFrame);
}

TEST(OggOpusStream, WhatIsAddedIsHeardInItsPlace) {
  OggOpusStream stream(1, {"TITLE=an"});
  stream.add_silence(kSecond + 60);
  EXPECT_EQ(kSecond, stream.end()) << "what is no multiple is left for later";
  add(stream, Voice(7).say(440, 1));
  stream.add_silence(kSecond / 2);
  EXPECT_EQ(5 * kSecond / 2, stream.end());
  stream.finish();
  const testing::Samples heard = decoded(stream.take());
  ASSERT_NEAR(120e3, static_cast<double>(heard.size()), 500);
  const auto tone = [&](double from, double to) {
    return testing::tone_dbfs(
        std::span(heard).subspan(static_cast<std::size_t>(from * kSecond),
                                 static_cast<std::size_t>((to - from) * kSecond)),
        440);
  };
  EXPECT_LT(tone(0, 0.98), -60);
  EXPECT_GT(tone(1.1, 1.9), -12);
  EXPECT_LT(tone(2.2, 2.4), -40);
}

TEST(OggOpusStream, CanBePlayedWhereverItEnds) {
  OggOpusStream stream(1, {});
  add(stream, Voice(7).say(440, 3));
  const std::string bytes = stream.take();
  EXPECT_GE(decoded(bytes).size(), 19 * kSecond / 10) << "all but the last second is there";
  EXPECT_GE(decoded(bytes.substr(0, bytes.size() * 2 / 3)).size(), kSecond / 2);
}

TEST(OggOpusStream, AnHourOfSilenceIsSmall) {
  OggOpusStream stream(1, {});
  stream.add_silence(3600 * kSecond);
  stream.finish();
  EXPECT_LT(stream.take().size(), 250'000);
}

}  // namespace
}  // namespace comcat::recording
