// Bytes from a server: whatever a client may print of them is safe text.

#include "comcat/base/text.h"
#include "comcat/wire/convert.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

void check_printable(const std::string& text) {
  COMCAT_FUZZ_CHECK(base::is_safe_text(text));
}

void check(const wire::Member& member) {
  check_printable(member.id);
  check_printable(member.name);
}

void check(const wire::UnknownResponse& /*response*/) {}
void check(const wire::DatagramReport& /*report*/) {}

void check(const wire::VoicePackets& frames) {
  for (const wire::VoicePacket& frame : frames) {
    COMCAT_FUZZ_CHECK(!frame.payload.empty() && frame.payload.size() <= wire::kMaxChunkBytes);
    COMCAT_FUZZ_CHECK(frame.level_dbov <= wire::kSilentDbov);
  }
}

void check(const wire::Welcome& welcome) {
  check_printable(welcome.id);
  check_printable(welcome.room);
  for (const wire::Member& member : welcome.members) check(member);
  COMCAT_FUZZ_CHECK(welcome.resume_key.size() <= wire::kResumeKeyBytes);
  COMCAT_FUZZ_CHECK(!welcome.datagrams || welcome.datagrams->port != 0);
  COMCAT_FUZZ_CHECK(!welcome.datagrams || welcome.datagrams->epoch <= 15);
}

void check(const wire::Roster& roster) {
  check_printable(roster.room);
  for (const wire::Member& member : roster.members) check(member);
}

void check(const wire::TextSaid& said) {
  check_printable(said.name);
  check_printable(said.text);
  COMCAT_FUZZ_CHECK(said.text.size() <= wire::kMaxTextBytes && said.time_ms <= wire::kMaxTimeMs);
}

void check(const wire::Outcome& outcome) {
  check_printable(outcome.text);
  if (const auto* rooms = std::get_if<wire::RoomList>(&outcome.result)) {
    for (const wire::RoomInfo& room : rooms->rooms) check_printable(room.name);
  }
  if (const auto* roster = std::get_if<wire::Roster>(&outcome.result)) check(*roster);
  if (const auto* page = std::get_if<wire::TextPage>(&outcome.result)) {
    for (const wire::TextSaid& said : page->texts) check(said);
  }
}

void check(const wire::Event& event) {
  if (const auto* roster = std::get_if<wire::Roster>(&event)) check(*roster);
  if (const auto* joined = std::get_if<wire::Joined>(&event)) check(joined->member);
  if (const auto* left = std::get_if<wire::Left>(&event)) {
    COMCAT_FUZZ_CHECK(left->reason >= wire::LeaveReason::kUnknown &&
                      left->reason <= wire::LeaveReason::kRemoved);
  }
  if (const auto* said = std::get_if<wire::TextSaid>(&event)) check(*said);
}

void check(const wire::Events& events) {
  for (const wire::Event& event : events) check(event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto response = wire::parse_response(std::as_bytes(std::span(data, size)));
  if (response.ok()) std::visit([](const auto& it) { check(it); }, *response);
  return 0;
}
