#include "comcat/wire/convert.h"

#include <string>

#include <gtest/gtest.h>

#include "comcat/base/text.h"

namespace comcat::wire {
namespace {

Bytes bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

template <typename T>
T request(const std::string& encoded) {
  return std::get<T>(parse_request(bytes_of(encoded)).value());
}

template <typename T>
T response(const std::string& encoded) {
  return std::get<T>(parse_response(bytes_of(encoded)).value());
}

VoicePacket frame(SessionNumber speaker, std::uint32_t sequence, const std::string& payload) {
  return {speaker, sequence, sequence * 960, 480, 30, payload};
}

TEST(Convert, AVoicePacketGoesUp) {
  const auto out = request<VoiceUp>(encode_request(frame(0, 7, "opus"))).packet;
  EXPECT_EQ(7U, out.sequence);
  EXPECT_EQ(7U * 960, out.timestamp);
  EXPECT_EQ(480U, out.duration_samples);
  EXPECT_EQ(30, out.level_dbov);
  EXPECT_EQ("opus", out.payload);
}

TEST(Convert, WhereNoDurationIsToldThePayloadTellsIt) {
  VoicePacket original = frame(0, 1, "\xe8");  // one frame of 5 ms, as com_municat's client sends
  original.duration_samples = 0;
  EXPECT_EQ(240U, request<VoiceUp>(encode_request(original)).packet.duration_samples);
}

TEST(Convert, APacketThatSaysToLastTooLongIsRefused) {
  VoicePacket endless = frame(0, 1, "x");
  endless.duration_samples = kMaxPacketSamples;
  EXPECT_TRUE(parse_request(bytes_of(encode_request(endless))).ok());
  endless.duration_samples += kDurationUnitSamples;
  const auto out = parse_request(bytes_of(encode_request(endless)));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ("a voice chunk of 49 x 2.5 ms; at most 48 are allowed",
            std::string(out.status().message()));
  EXPECT_TRUE(response<VoicePackets>(encode_voice(endless)).empty());
}

TEST(Convert, ALevelBelowSilenceIsSilence) {
  VoicePacket quieter_than_silence = frame(0, 1, "x");
  quieter_than_silence.level_dbov = 200;
  EXPECT_EQ(kSilentDbov, request<VoiceUp>(encode_request(quieter_than_silence)).packet.level_dbov);
}

TEST(Convert, TheEmptySignalIsTheOriginalHello) {
  EXPECT_TRUE(request<Hello>(encode_request(Hello{})).original());
  EXPECT_FALSE(request<Hello>(encode_request(Hello{"an", "lobby", "", 0})).original());
}

TEST(Convert, CommandsKeepTheirTraceId) {
  const auto out = request<Command>(encode_request(Command{42, Say{"hi"}}));
  EXPECT_EQ(42U, out.trace_id);
  EXPECT_EQ("hi", std::get<Say>(out.verb).text);
}

TEST(Convert, AHelloAndAMoveTellTheLastTextThatOneHas) {
  EXPECT_EQ(7U, request<Hello>(encode_request(Hello{"an", "lobby", "", 3, 7})).last_text);
  const auto out = request<Command>(encode_request(Command{1, JoinRoom{"den", 9}}));
  EXPECT_EQ("den", std::get<JoinRoom>(out.verb).room);
  EXPECT_EQ(9U, std::get<JoinRoom>(out.verb).last_text);
}

TEST(Convert, HistoryIsAskedForAndAnswered) {
  const auto asked = request<Command>(encode_request(Command{4, History{1000, 50}}));
  EXPECT_EQ(1000U, std::get<History>(asked.verb).before);
  EXPECT_EQ(50U, std::get<History>(asked.verb).most);
  const TextPage page{{{0, "an", "hi", 12, 1'795'000'000'000, true}}, true};
  const auto answer = response<Outcome>(encode_response(Outcome{4, 0, "", page}));
  const auto& out = std::get<TextPage>(answer.result);
  EXPECT_TRUE(out.more);
  ASSERT_EQ(1U, out.texts.size());
  EXPECT_EQ("an", out.texts[0].name);
  EXPECT_EQ("hi", out.texts[0].text);
  EXPECT_EQ(12U, out.texts[0].number);
  EXPECT_EQ(1'795'000'000'000U, out.texts[0].time_ms);
  EXPECT_TRUE(out.texts[0].earlier);
}

TEST(Convert, ATimeThatNoCalendarHasIsItsLast) {
  TextSaid said{1, "an", "hi", 1, UINT64_MAX, true};
  const auto events = response<Events>(encode_response(Event(said)));
  EXPECT_EQ(kMaxTimeMs, std::get<TextSaid>(events.at(0)).time_ms);
}

TEST(Convert, ACommandOfALaterVersionIsUnknown) {
  // Command{trace_id = 9, field 99: an empty message}
  const std::string encoded("\x1a\x05\x08\x09\x9a\x06\x00", 7);
  const auto out = request<Command>(encoded);
  EXPECT_EQ(9U, out.trace_id);
  EXPECT_TRUE(std::holds_alternative<UnknownCommand>(out.verb));
}

TEST(Convert, FramesLaidEndToEndAreOneMessage) {
  const std::string both = encode_voice(frame(3, 1, "one")) + encode_voice(frame(4, 2, "two"));
  const auto frames = response<VoicePackets>(both);
  ASSERT_EQ(2U, frames.size());
  EXPECT_EQ(3U, frames[0].speaker);
  EXPECT_EQ("one", frames[0].payload);
  EXPECT_EQ(4U, frames[1].speaker);
  EXPECT_EQ("two", frames[1].payload);
}

TEST(Convert, AnOriginalListenerGetsNameAndIdWithEachFrame) {
  const auto frames = response<VoicePackets>(encode_voice_message(frame(3, 1, "one"), "an", "id"));
  ASSERT_EQ(1U, frames.size());
  EXPECT_EQ(3U, frames[0].speaker);
  EXPECT_EQ("one", frames[0].payload);
}

TEST(Convert, ChunksOutsideTheirLimitsAreRefused) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1276}, std::size_t{100'000}}) {
    const auto out = parse_request(bytes_of(encode_request(frame(0, 1, std::string(size, 'x')))));
    ASSERT_FALSE(out.ok());
    EXPECT_EQ("a voice chunk of " + std::to_string(size) + " bytes; 1 to 1275 are allowed",
              std::string(out.status().message()));
  }
}

TEST(Convert, AVoiceMessagePaddedWithUnknownFieldsIsRefused) {
  // Field 99 of ClientREQ: 3000 bytes of nothing.
  const std::string padding = std::string("\x9a\x06\xb8\x17", 4) + std::string(3000, 'x');
  const auto out = parse_request(bytes_of(encode_request(frame(0, 1, "opus")) + padding));
  ASSERT_FALSE(out.ok());
  EXPECT_NE(std::string::npos, std::string(out.status().message()).find("at most 2048"));
}

TEST(Convert, BytesThatAreNoProtobufAreRefused) {
  EXPECT_FALSE(parse_request(bytes_of("\xff\xff\xff")).ok());
  EXPECT_FALSE(parse_response(bytes_of("\xff\xff\xff")).ok());
  EXPECT_FALSE(parse_request(bytes_of("")).ok());  // no arm at all
}

TEST(Convert, WhatTheServerSaysIsSafeToPrint) {
  const auto events = response<Events>(encode_response(Event(TextSaid{1, "\x1b[1man",
                                                                      "a\x07"
                                                                      "b"})));
  const auto said = std::get<TextSaid>(events.at(0));
  EXPECT_EQ("\uFFFD[1man", said.name);
  EXPECT_EQ("a\uFFFDb", said.text);
}

TEST(Convert, ATextThatForgesLinesStaysOnOne) {
  for (const char* end : {"\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029", "\x1b[E"}) {
    const auto events = response<Events>(
        encode_response(Event(TextSaid{1, "an", std::string("hi") + end + "<binh> pay me"})));
    const std::string& text = std::get<TextSaid>(events.at(0)).text;
    EXPECT_EQ(std::string::npos, text.find(end));
    EXPECT_TRUE(base::is_safe_text(text));
  }
}

TEST(Convert, EventsLaidEndToEndAreOneMessageInTheirOrder) {
  const std::string bytes = encode_response(Event(Left{3, LeaveReason::kLost, ""})) +
                            encode_response(Event(MuteChanged{4, true})) +
                            encode_response(Event(Roster{"lobby", {{5, "id", "an", true, false}}}));
  const auto events = response<Events>(bytes);
  ASSERT_EQ(3U, events.size());
  EXPECT_EQ(LeaveReason::kLost, std::get<Left>(events[0]).reason);
  EXPECT_TRUE(std::get<MuteChanged>(events[1]).muted);
  const auto& roster = std::get<Roster>(events[2]);
  EXPECT_EQ("lobby", roster.room);
  ASSERT_EQ(1U, roster.members.size());
  EXPECT_EQ("an", roster.members[0].name);
  EXPECT_TRUE(roster.members[0].muted);
}

TEST(Convert, AnOriginalClientsMessagesAreOneForEachOpusFrameAndNotWithoutEnd) {
  const auto messages = [](int frames) {
    VoicePacket packet;
    packet.duration_samples = static_cast<std::uint32_t>(frames) * 240;
    packet.payload = std::string("\xeb") + static_cast<char>(frames) + std::string(frames, 'x');
    return encode_original_voice(packet, "an", "uuid").size();
  };
  EXPECT_EQ(1U, messages(1));
  EXPECT_EQ(12U, messages(12)) << "60 ms";
  EXPECT_EQ(1U, messages(13)) << "as it is";
}

TEST(Convert, AnOfferOfDatagramsSurvivesTheWay) {
  Welcome welcome;
  EXPECT_FALSE(response<Welcome>(encode_response(welcome)).datagrams);
  welcome.datagrams = DatagramOffer{50051,      0xfedcba98,
                                    15,         std::string("\xff\0 up key", 9),
                                    "up salt",  std::string("\x80 down", 6),
                                    "down salt"};
  const auto out = response<Welcome>(encode_response(welcome)).datagrams.value();
  EXPECT_EQ(50051, out.port);
  EXPECT_EQ(0xfedcba98, out.connection);
  EXPECT_EQ(15, out.epoch);
  EXPECT_EQ(welcome.datagrams->up_key, out.up_key);
  EXPECT_EQ("up salt", out.up_salt);
  EXPECT_EQ(welcome.datagrams->down_key, out.down_key);
  EXPECT_EQ("down salt", out.down_salt);
}

TEST(Convert, AnOfferThatNobodyCanTakeIsNone) {
  Welcome welcome;
  welcome.datagrams = DatagramOffer{};
  EXPECT_FALSE(response<Welcome>(encode_response(welcome)).datagrams) << "no port";
  welcome.datagrams->port = 1;
  welcome.datagrams->epoch = 16;
  EXPECT_FALSE(response<Welcome>(encode_response(welcome)).datagrams) << "no such epoch";
}

TEST(Convert, ReportsOfDatagramsGoBothWays) {
  const DatagramReport report{std::uint64_t{1} << 40, 0xffffffff};
  EXPECT_EQ(report, request<DatagramReport>(encode_request(report)));
  EXPECT_EQ(report, response<DatagramReport>(encode_response(report)));
}

TEST(Convert, TheWelcomeSurvivesTheWay) {
  Welcome welcome;
  welcome.session = 5;
  welcome.id = "uuid";
  welcome.room = "lobby";
  welcome.members = {{5, "uuid", "an", false, true, true}};
  welcome.resume_key = "0123456789abcdef";
  const auto out = response<Welcome>(encode_response(welcome));
  EXPECT_EQ(5U, out.session);
  ASSERT_EQ(1U, out.members.size());
  EXPECT_EQ("an", out.members[0].name);
  EXPECT_TRUE(out.members[0].deafened);
  EXPECT_TRUE(out.members[0].original);
  EXPECT_EQ(welcome.resume_key, out.resume_key);
}

TEST(Convert, OutcomesCarryTheirResult) {
  const RoomList rooms{{{"lobby", 2}}, {{9, 42}}};
  const auto out = response<Outcome>(encode_response(Outcome{7, 0, "", rooms}));
  EXPECT_EQ(7U, out.trace_id);
  EXPECT_EQ(2U, std::get<RoomList>(out.result).rooms.at(0).members);
  EXPECT_EQ(9U, std::get<RoomList>(out.result).round_trips.at(0).session);
  EXPECT_EQ(42U, std::get<RoomList>(out.result).round_trips.at(0).ms);
}

TEST(Convert, ATextForOnePersonGoesUpAndDown) {
  const auto tell =
      std::get<Tell>(request<Command>(encode_request(Command{7, Tell{"bo", "hi"}})).verb);
  EXPECT_EQ("bo", tell.name);
  EXPECT_EQ("hi", tell.text);
  const auto events = response<Events>(encode_response(Event(Told{3, "an", "a\x1b[0m"})));
  const auto& told = std::get<Told>(events.at(0));
  EXPECT_EQ(3U, told.session);
  EXPECT_EQ("an", told.name);
  EXPECT_TRUE(base::is_safe_text(told.text));
}

}  // namespace
}  // namespace comcat::wire
