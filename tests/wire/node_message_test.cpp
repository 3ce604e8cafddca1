#include <string>

#include <gtest/gtest.h>

#include "comcat/base/text.h"
#include "comcat/wire/cluster_convert.h"

namespace comcat::wire {
namespace {

const Sender kSender{"home", 7, 0xfeedfacecafebeef};

Bytes bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

absl::StatusOr<NodeMessage> parse(const std::string& bytes) {
  return parse_node_message(bytes_of(bytes), kSender.cluster, kSender.node);
}

template <typename Body>
absl::StatusOr<NodeMessage> pass(const Body& body) {
  return parse(encode_node_message(kSender, body));
}

template <typename Body>
Body passed(const Body& body) {
  const auto message = pass(body);
  EXPECT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(kSender, message->from);
  EXPECT_EQ(encode_node_message(kSender, body), encode_node_message(kSender, message->body));
  return std::get<Body>(message->body);
}

template <typename Body>
std::string refusal(const Body& body) {
  const auto message = pass(body);
  EXPECT_TRUE(absl::IsInvalidArgument(message.status()));
  EXPECT_TRUE(base::is_safe_text(std::string(message.status().message())));
  return std::string(message.status().message());
}

Resident resident(SessionNumber session, const std::string& name) {
  Resident out;
  out.member = {
      session, "id-" + name, name, true,
      false,   false,        true, true,
      true,    true,         2,    {1'795'000'000'000, "key:0123456789abcdef", true, "comcat 1"}};
  out.named_ms = 1'795'000'000'123;
  out.moves = 3;
  out.key_hash = std::string(kKeyHashBytes, 'k');
  return out;
}

TEST(NodeMessage, AHeartbeatPasses) {
  const Heartbeat sent{"a", "comcat 1", "a.example:50051", "SHA256:abc", 250, 12, 3000, true, true};
  EXPECT_EQ(sent, passed(sent));
}

TEST(NodeMessage, APartOfARoomPassesWithAllThatIsToldOfSomebody) {
  const RoomPart sent{"lobby",
                      9,
                      1,
                      2,
                      {resident(5, "an"), resident(6, "bob")},
                      {{4, 1, LeaveReason::kRemoved, "for shouting"}},
                      {{resident(8, "cy"), 3, std::chrono::milliseconds(1234)}}};
  const RoomPart out = passed(sent);
  EXPECT_EQ(sent.residents, out.residents);
  EXPECT_EQ(sent.gone, out.gone);
  EXPECT_EQ(sent.lost, out.lost);
  EXPECT_EQ(1U, out.page);
  EXPECT_EQ(2U, out.pages);
}

TEST(NodeMessage, AChangePasses) {
  const RoomDelta out = passed(RoomDelta{"den", 8, 9, {resident(5, "an")}, {{4, 0, {}, ""}}});
  EXPECT_EQ(8U, out.base);
  EXPECT_EQ(9U, out.version);
  EXPECT_EQ("an", out.changed.at(0).member.name);
}

TEST(NodeMessage, AQuestionForANameAndItsAnswerPass) {
  EXPECT_EQ("den", passed(RoomAsked{"den"}).room);
  const std::string hash(kKeyHashBytes, 'h');
  EXPECT_EQ(hash, passed(RoomAsked{"den", hash}).key_hash);
  EXPECT_EQ(resident(5, "an"), passed(KeyFound{"den", resident(5, "an")}).who);
  EXPECT_EQ(hash, passed(NameAsked{44, "den", resident(5, "an"), hash}).key_hash);
  const NameAnswered back = passed(NameAnswered{44, 0, 2, {1}, resident(5, "an"), 5});
  EXPECT_EQ(resident(5, "an"), back.former);
  EXPECT_EQ(5U, back.session);
  EXPECT_EQ(resident(5, "an"), passed(NameAsked{44, "den", resident(5, "an")}).who);
  const NameAnswered answer = passed(NameAnswered{44, 6, 2, {1, 4095}, {}});
  EXPECT_EQ(6, answer.status);
  EXPECT_EQ(2U, answer.twin);
  EXPECT_EQ((std::vector<NodeNumber>{1, 4095}), answer.nodes);
}

TEST(NodeMessage, VoiceOfSeveralPassesInOneMessage) {
  const RoomVoice out =
      passed(RoomVoice{"den", {{5, 7, 960, 960, 30, "one"}, {6, 8, 0, 480, 40, "two"}}});
  ASSERT_EQ(2U, out.packets.size());
  EXPECT_EQ(6U, out.packets[1].speaker);
  EXPECT_EQ("two", out.packets[1].payload);
  EXPECT_EQ(480U, out.packets[1].duration_samples);
}

TEST(RoomText, PassesWhole) {
  const RoomText text{"den", 5, "an", "hi there"};
  const std::string bytes = encode_room_text(text);
  EXPECT_EQ(text, *parse_room_text(bytes_of(bytes)));
}

TEST(RoomText, ThatNobodyMaySayIsRefused) {
  const auto refused = [](const RoomText& text) {
    const std::string bytes = encode_room_text(text);
    return absl::IsInvalidArgument(parse_room_text(bytes_of(bytes)).status());
  };
  EXPECT_TRUE(refused({"den", 0, "an", "hi"}));
  EXPECT_TRUE(refused({"", 5, "an", "hi"}));
  EXPECT_TRUE(refused({"den", 5, " an", "hi"}));
  EXPECT_TRUE(refused({"den", 5, "an", ""}));
  EXPECT_TRUE(refused({"den", 5, "an", "a\x1b[2J"}));
  EXPECT_TRUE(refused({"den", 5, "an", std::string(kMaxTextBytes + 1, 'x')}));
  for (const std::string& bytes : {std::string("nonsense"), std::string(7000, '\0')}) {
    EXPECT_TRUE(absl::IsInvalidArgument(parse_room_text(bytes_of(bytes)).status()));
  }
}

TEST(NodeMessage, WhatIsAskedForSomebodyAndItsAnswersPass) {
  const PrivateText text = passed(PrivateText{7, "den", "bob", 5, "an", "psst"});
  EXPECT_EQ("bob", text.to);
  EXPECT_EQ("psst", text.text);
  const Order order = passed(Order{8, "kick bob because x", "an", 6, "192.0.2.1", "key:1"});
  EXPECT_EQ("kick bob because x", order.words);
  EXPECT_EQ(6U, order.session);
  EXPECT_EQ("key:1", order.device);
  const Answered answered = passed(Answered{8, 5, "nobody is called bob", 3});
  EXPECT_EQ(5, answered.status);
  EXPECT_EQ(3U, answered.count);
  EXPECT_EQ("an (2)", passed(PeopleAsked{9, "den", "an (2)", true}).name);
  const PeopleAnswered people =
      passed(PeopleAnswered{9, 1, 2, {{"den", resident(5, "an").member, "an  5s"}}});
  EXPECT_EQ("an  5s", people.people.at(0).line);
  EXPECT_EQ(resident(5, "an").member, people.people.at(0).member);
  EXPECT_TRUE(passed(RoomsAsked{9, true, false, true}).all_names);
  const RoomsAnswered rooms =
      passed(RoomsAnswered{9, 0, 1, {{"den", 3, {"an"}, true}}, {1, 2, 3, 4}});
  EXPECT_EQ("an", rooms.rooms.at(0).names.at(0));
  EXPECT_TRUE(rooms.rooms.at(0).asks_passcode);
  EXPECT_EQ(4U, rooms.figures.frames_out);
}

TEST(NodeMessage, WhatAllKeepAlikePasses) {
  const std::string key(32, 'k');
  const BanRecord ban{"192.0.2.1", "an", "noise", "bo", 5, 6, true, 7};
  const ClaimRecord claim{"an", {key, std::string(32, 'l')}, 1, 2, 3};
  const MuteRecord mute{"SHA256:abc", 8, true};
  const RecordsTold told = passed(RecordsTold{{ban}, {claim}, {mute}});
  EXPECT_EQ(mute, told.mutes.at(0));
  EXPECT_EQ(ban, told.bans.at(0));
  EXPECT_EQ(claim, told.claims.at(0));
  const std::vector<std::uint64_t> digests(kRecordBuckets, 0xfeedfacecafebeef);
  EXPECT_EQ(digests, passed(RecordsAsked{digests, digests}).claims);
  EXPECT_EQ(digests, passed(RecordsAsked{digests, digests, digests}).mutes);
  EXPECT_EQ(claim, passed(ClaimAsked{1, claim}).claim);
  EXPECT_EQ(key, passed(PairAsked{1, "abcdefghij", "an", key}).key);
  EXPECT_EQ(claim, passed(ClaimAnswered{1, 6, "held", claim}).claim);
  EXPECT_EQ("", passed(ClaimAnswered{1, 0}).claim.name);
}

TEST(NodeMessage, WhatAllKeepAlikeIsRefusedBeyondItsLimits) {
  const std::string key(32, 'k');
  EXPECT_NE("", refusal(RecordsTold{{BanRecord{}}, {}}));
  EXPECT_NE("", refusal(RecordsTold{{{"192.0.2.1", "", "a\nb", "", 0, 1, false, 0}}, {}}));
  EXPECT_NE("", refusal(RecordsTold{{{"192.0.2.1", "", "", "", kMaxTimeMs + 1, 1, false, 0}}, {}}));
  EXPECT_NE("", refusal(RecordsTold{{}, {{"an", {}, 1, 1, 0}}}));
  EXPECT_NE("", refusal(RecordsTold{{}, {{"an", {"short"}, 1, 1, 0}}}));
  EXPECT_NE("", refusal(RecordsTold{{}, {{"an", std::vector<std::string>(17, key), 1, 1, 0}}}));
  EXPECT_NE("", refusal(RecordsTold{
                    {}, std::vector<ClaimRecord>(kMaxPageRecords + 1, {"an", {key}, 1, 1, 0})}));
  EXPECT_NE("", refusal(RecordsTold{{}, {}, {{"", 1, true}}}));
  EXPECT_NE("", refusal(RecordsTold{{}, {}, {{"a\nb", 1, true}}}));
  EXPECT_NE("", refusal(RecordsTold{{}, {}, {{"a", kMaxTimeMs + 1, true}}}));
  EXPECT_NE("", refusal(RecordsTold{
                    {}, {}, std::vector<MuteRecord>(kMaxPageRecords + 1, {"a", 1, true})}));
  EXPECT_NE("", refusal(RecordsAsked{{1}, {2}}));
  const std::vector<std::uint64_t> digests(kRecordBuckets, 1);
  EXPECT_NE("", refusal(RecordsAsked{digests, digests, {1}}));
  EXPECT_NE("", refusal(PairAsked{1, "abcdefghij", "an", "short"}));
  EXPECT_NE("", refusal(PairAsked{1, std::string(65, 'a'), "an", key}));
  EXPECT_NE("", refusal(ClaimAnswered{1, 17}));
}

TEST(NodeMessage, WhatIsAskedForSomebodyBeyondItsLimitsIsRefused) {
  EXPECT_NE("", refusal(PrivateText{1, "den", "bob", 0, "an", "psst"}));
  EXPECT_NE("", refusal(PrivateText{1, "den", "bob", 5, "an", ""}));
  EXPECT_NE("", refusal(PrivateText{1, "den", "", 5, "an", "psst"}));
  EXPECT_NE("", refusal(Order{1, "kick\x1b[2J", "an"}));
  EXPECT_NE("", refusal(Order{1, std::string(kMaxOrderBytes + 1, 'x'), "an"}));
  EXPECT_NE("", refusal(Answered{1, 17}));
  EXPECT_NE("", refusal(Answered{1, 0, "two\nlines"}));
  EXPECT_NE("", refusal(PeopleAsked{1, " den"}));
  EXPECT_NE("", refusal(PeopleAnswered{1, 1, 1}));
  EXPECT_NE("", refusal(PeopleAnswered{1, 0, kMaxAnswerPages + 1}));
  EXPECT_NE("", refusal(PeopleAnswered{1, 0, 1, {{"den", resident(0, "an").member, ""}}}));
}

TEST(NodeMessage, WhatIsOfAnotherClusterOrLiesAboutItsNodeIsRefused) {
  const std::string bytes = encode_node_message(kSender, RoomAsked{"den"});
  EXPECT_EQ("a message of another cluster",
            parse_node_message(bytes_of(bytes), "away", 7).status().message());
  EXPECT_EQ("a message of one node as another",
            parse_node_message(bytes_of(bytes), "home", 8).status().message());
  const std::string nobody = encode_node_message({"home", 0, 1}, RoomAsked{"den"});
  EXPECT_FALSE(parse_node_message(bytes_of(nobody), "home", 0).ok());
}

TEST(NodeMessage, WhatIsHugeOrNoProtobufIsRefused) {
  EXPECT_EQ("a message that is too long",
            parse(std::string(kMaxNodeMessageBytes + 1, 'x')).status().message());
  EXPECT_TRUE(absl::IsInvalidArgument(parse("\xff\xff\xff").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(parse("").status()));
  // A room_part with very many empty residents, two bytes each.
  std::string many("\x0a\x04home\x10\x07\x2a", 9);
  std::string empty;
  for (std::size_t i = 0; i <= kMaxNodeMessageFields; ++i) empty += std::string("\x2a\x00", 2);
  many +=
      {static_cast<char>(0x80 | (empty.size() & 0x7f)),
       static_cast<char>(0x80 | (empty.size() >> 7 & 0x7f)), static_cast<char>(empty.size() >> 14)};
  EXPECT_EQ("a message of too many fields", parse(many + empty).status().message());
}

TEST(NodeMessage, AMessageOfALaterVersionIsToBeIgnored) {
  // NodeMessage{cluster = "home", node = 7, field 99: an empty message}
  const auto message = parse(std::string("\x0a\x04home\x10\x07\x9a\x06\x00", 11));
  EXPECT_TRUE(absl::IsUnimplemented(message.status())) << message.status();
}

TEST(NodeMessage, OneFieldBeyondItsLimitsRefusesTheWhole) {
  EXPECT_NE("", refusal(RoomAsked{""}));
  EXPECT_NE("", refusal(RoomAsked{"an\x1b[2J"}));
  EXPECT_NE("", refusal(RoomAsked{"den", "short"}));
  EXPECT_NE("", refusal(NameAsked{1, "den", resident(5, "an"), "short"}));
  EXPECT_NE("", refusal(KeyFound{"den", resident(0, "an")}));
  EXPECT_NE("", refusal(NameAnswered{1, 0, 0, {}, resident(0, "an"), 5}));
  EXPECT_NE("", refusal(RoomPart{"den", 1, 2, 2, {}, {}}));
  EXPECT_NE("", refusal(RoomPart{"den", 1, 0, 0, {}, {}}));
  EXPECT_NE("", refusal(RoomPart{"den", 1, 0, 1, {resident(0, "an")}, {}}));
  EXPECT_NE("", refusal(RoomPart{"den", 1, 0, 1, {resident(1, " an")}, {}}));
  EXPECT_NE("", refusal(RoomPart{"den", 1, 0, 1, {}, {{1, 0, {}, "a\nb"}}}));
  EXPECT_NE("",
            refusal(RoomPart{"den", 1, 0, 1, {}, std::vector<Gone>(kMaxGone + 1, {1, 0, {}, ""})}));
  EXPECT_NE("", refusal(RoomPart{"den", 1, 0, 1, {}, {}, {{resident(8, "cy"), 0, {}}}}));
  EXPECT_NE("", refusal(RoomDelta{"den", 9, 9, {}, {}}));
  EXPECT_NE("", refusal(NameAnswered{1, 17, 0, {}}));
  EXPECT_NE("", refusal(NameAnswered{1, 0, 0, {4096 + 0}}));
  EXPECT_NE("", refusal(Heartbeat{"a.b", "", "", "", 0, 0, 0, false, false}));
}

TEST(NodeMessage, VoiceThatNobodyMaySendIsLeftOut) {
  const std::string long_chunk(kMaxChunkBytes + 1, 'x');
  const auto message = pass(RoomVoice{"den", {{5, 7, 960, 960, 30, long_chunk}}});
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(std::get<RoomVoice>(message->body).packets.empty());
}

TEST(NodeMessage, NamesOfNodesMayStandInASubject) {
  EXPECT_TRUE(is_node_name("node-1_B"));
  for (const char* const name : {"", "a.b", "*", ">", "a b", "ä"}) {
    EXPECT_FALSE(is_node_name(name)) << name;
  }
  EXPECT_FALSE(is_node_name(std::string(33, 'a')));
}

}  // namespace
}  // namespace comcat::wire
