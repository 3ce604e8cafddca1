// Bytes from the bus, which may be anybody's: they are refused with a sentence or become a message
// within the limits, which survives the way back through encode_node_message().

#include "comcat/base/text.h"
#include "comcat/wire/cluster_convert.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

constexpr wire::NodeNumber kNode = 7;

void check_bounds(const wire::RoomPart& part) {
  COMCAT_FUZZ_CHECK(part.page < part.pages && part.pages <= wire::kMaxPages);
  COMCAT_FUZZ_CHECK(part.residents.size() <= wire::kMaxPageResidents);
  COMCAT_FUZZ_CHECK(part.gone.size() <= wire::kMaxGone);
  for (const wire::Resident& resident : part.residents) {
    COMCAT_FUZZ_CHECK(resident.member.session != 0);
    COMCAT_FUZZ_CHECK(wire::check_name(resident.member.name).ok());
  }
}
void check_bounds(const wire::RoomVoice& voice) {
  COMCAT_FUZZ_CHECK(voice.packets.size() <= wire::kMaxRoomVoicePackets);
  for (const wire::VoicePacket& packet : voice.packets) {
    COMCAT_FUZZ_CHECK(!packet.payload.empty() && packet.payload.size() <= wire::kMaxChunkBytes);
    COMCAT_FUZZ_CHECK(packet.duration_samples <= wire::kMaxPacketSamples);
  }
}
void check_bounds(const wire::PrivateText& text) {
  COMCAT_FUZZ_CHECK(wire::check_text(text.text).ok() && wire::check_name(text.to).ok());
}
void check_bounds(const wire::Order& order) {
  COMCAT_FUZZ_CHECK(order.words.size() <= wire::kMaxOrderBytes && base::is_safe_text(order.by));
}
void check_bounds(const wire::PeopleAnswered& answered) {
  COMCAT_FUZZ_CHECK(answered.page < answered.pages && answered.pages <= wire::kMaxAnswerPages);
  COMCAT_FUZZ_CHECK(answered.people.size() <= wire::kMaxPagePeople);
}
void check_bounds(const wire::RoomsAnswered& answered) {
  COMCAT_FUZZ_CHECK(answered.page < answered.pages && answered.pages <= wire::kMaxAnswerPages);
  COMCAT_FUZZ_CHECK(answered.rooms.size() <= wire::kMaxPageRooms);
}
void check_bounds(const wire::RecordsTold& told) {
  COMCAT_FUZZ_CHECK(told.bans.size() + told.claims.size() + told.mutes.size() <=
                    wire::kMaxPageRecords);
  for (const wire::ClaimRecord& claim : told.claims) {
    COMCAT_FUZZ_CHECK(!claim.keys.empty() || claim.released_ms > 0);
    COMCAT_FUZZ_CHECK(wire::check_name(claim.name).ok());
  }
}
void check_bounds(const wire::RecordsAsked& asked) {
  COMCAT_FUZZ_CHECK(asked.bans.size() == wire::kRecordBuckets);
  COMCAT_FUZZ_CHECK(asked.mutes.empty() || asked.mutes.size() == wire::kRecordBuckets);
}
template <typename Other>
void check_bounds(const Other& /*body*/) {}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const wire::Bytes bytes = std::as_bytes(std::span(data, size));
  const auto message = wire::parse_node_message(bytes, "home", kNode);
  if (!message.ok()) {
    COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(message.status()) ||
                      absl::IsUnimplemented(message.status()));
    COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(message.status().message())));
    return 0;
  }
  std::visit([](const auto& body) { check_bounds(body); }, message->body);
  COMCAT_FUZZ_CHECK(message->from.cluster == "home" && message->from.node == kNode);
  const std::string once = wire::encode_node_message(message->from, message->body);
  const auto again = wire::parse_node_message(std::as_bytes(std::span(once)), "home", kNode);
  COMCAT_FUZZ_CHECK(again.ok() && again->body.index() == message->body.index());
  COMCAT_FUZZ_CHECK(wire::encode_node_message(again->from, again->body) == once);
  return 0;
}
