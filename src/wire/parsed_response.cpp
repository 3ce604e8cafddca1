// What a client believes of what a server says.

#include <algorithm>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/wire/convert.h"

#include "calling.pb.h"
#include "datagram_fields.h"
#include "field_count.h"
#include "member_fields.h"
#include "voice_fields.h"

namespace comcat::wire {
namespace {

constexpr std::uint32_t kMostRoundTripMs = 60'000;
constexpr std::size_t kMaxOutcomeBytes = 512;

std::string safe_name(const std::string& name) {
  return base::safe_text(name, kMaxNameBytes, base::Joiners::kKept);
}

/// What somebody has said, to be shown.
std::string safe_said(const std::string& text) {
  return base::safe_text(text, kMaxTextBytes, base::Joiners::kKept);
}

template <typename Members>
std::vector<Member> from_members(const Members& members) {
  std::vector<Member> out;
  for (const ::Member& member : members) out.push_back(member_from(member));
  return out;
}

Roster from(const ::Roster& roster) {
  return {safe_name(roster.room()), from_members(roster.members())};
}

VoicePackets from(ServerMSG& message) {
  ClientMSG& inner = *message.mutable_msg();
  if (!is_voice(inner)) return {};
  VoicePacket packet = packet_from(inner);
  packet.speaker = message.speaker();
  return {std::move(packet)};
}

VoicePackets from(VoiceBatch& batch) {
  VoicePackets out;
  out.reserve(static_cast<std::size_t>(batch.frames_size()));
  for (::VoiceFrame& in : *batch.mutable_frames()) {
    if (!is_voice(in)) continue;
    out.push_back(packet_from(in));
    out.back().speaker = in.speaker();
  }
  return out;
}

template <typename Servers>
std::vector<OtherServer> from_servers(const Servers& servers) {
  std::vector<OtherServer> out;
  for (const ::OtherServer& server : servers) {
    if (out.size() == kMaxOtherServers) break;
    out.push_back({base::safe_text(server.address(), kMaxServerAddressBytes),
                   base::safe_text(server.fingerprint(), kMaxServerAddressBytes)});
  }
  return out;
}

Welcome from(const ServerSignal& signal) {
  Welcome welcome;
  welcome.session = signal.session();
  welcome.id = base::safe_text(signal.id(), kMaxMemberIdBytes);
  welcome.room = safe_name(signal.room());
  welcome.members = from_members(signal.members());
  welcome.max_speakers = signal.limits().max_speakers();
  welcome.resume_key = signal.resume_key().substr(0, kResumeKeyBytes);
  welcome.features = signal.features();
  welcome.others = from_servers(signal.others());
  if (signal.has_datagrams()) welcome.datagrams = offer_from(signal.datagrams());
  return welcome;
}

TextSaid from(const ::TextSaid& said) {
  return {said.session(),
          safe_name(said.name()),
          safe_said(said.text()),
          said.number(),
          std::min<std::uint64_t>(said.time_ms(), kMaxTimeMs),
          said.earlier()};
}

TextPage from(const ::TextPage& page) {
  TextPage out;
  for (const ::TextSaid& said : page.texts()) out.texts.push_back(from(said));
  out.more = page.more();
  return out;
}

Outcome from(const ::Outcome& outcome) {
  Outcome out;
  out.trace_id = outcome.trace_id();
  out.status = static_cast<int>(outcome.status());
  out.text = base::safe_text(outcome.text(), kMaxOutcomeBytes, base::Joiners::kKept);
  if (outcome.has_rooms()) {
    RoomList list;
    for (const ::RoomInfo& room : outcome.rooms().rooms()) {
      RoomInfo& info = list.rooms.emplace_back(
          RoomInfo{safe_name(room.name()), room.members(), {}, room.asks_passcode()});
      for (const std::string& name : room.names()) info.names.push_back(safe_name(name));
    }
    for (const ::RoundTrip& trip : outcome.rooms().round_trips()) {
      list.round_trips.push_back({trip.session(), std::min(trip.ms(), kMostRoundTripMs)});
    }
    out.result = std::move(list);
  } else if (outcome.has_roster()) {
    out.result = from(outcome.roster());
  } else if (outcome.has_texts()) {
    out.result = from(outcome.texts());
  }
  return out;
}

Event from(const ::Event& event) {
  switch (event.event_case()) {
    case ::Event::kJoined:
      return Joined{member_from(event.joined().member())};
    case ::Event::kMemberChanged:
      return MemberChanged{member_from(event.member_changed().member())};
    case ::Event::kLeft:
      return Left{event.left().session(), reason_from(event.left().reason()),
                  safe_said(event.left().why())};
    case ::Event::kAway:
      return Away{event.away().session()};
    case ::Event::kBack:
      return Back{event.back().session()};
    case ::Event::kMuteChanged:
      return MuteChanged{event.mute_changed().session(), event.mute_changed().muted(),
                         event.mute_changed().muted_by_host()};
    case ::Event::kDeafenChanged:
      return DeafenChanged{event.deafen_changed().session(), event.deafen_changed().deafened()};
    case ::Event::kTextSaid:
      return from(event.text_said());
    case ::Event::kRecordingChanged:
      return RecordingChanged{event.recording_changed().session(),
                              event.recording_changed().recording()};
    case ::Event::kTold:
      return Told{event.told().session(), safe_name(event.told().name()),
                  safe_said(event.told().text())};
    case ::Event::kAnnounced:
      return Announced{safe_said(event.announced().text())};
    case ::Event::kDraining:
      return Draining{event.draining().grace_ms(), event.draining().elsewhere()};
    case ::Event::kOtherServers:
      return OtherServers{from_servers(event.other_servers().servers())};
    case ::Event::kRoster:
      return from(event.roster());
    case ::Event::EVENT_NOT_SET:
      break;
  }
  return UnknownEvent{};
}

Events from(const ::Events& events) {
  Events out;
  out.reserve(static_cast<std::size_t>(events.events_size()));
  for (const ::Event& event : events.events()) out.push_back(from(event));
  return out;
}

Response from(ServerRES& response) {
  switch (response.response_case()) {
    case ServerRES::kMessage:
      return from(*response.mutable_message());
    case ServerRES::kSignal:
      return from(response.signal());
    case ServerRES::kVoice:
      return from(*response.mutable_voice());
    case ServerRES::kOutcome:
      return from(response.outcome());
    case ServerRES::kEvents:
      return from(response.events());
    case ServerRES::kDatagramReport:
      return report_from(response.datagram_report());
    case ServerRES::RESPONSE_NOT_SET:
      break;
  }
  return UnknownResponse{};
}

}  // namespace

absl::StatusOr<Numbered> parse_numbered(Bytes bytes) {
  if (!has_at_most_fields(bytes, *ServerRES::descriptor(), kMaxResponseFields)) {
    return absl::InvalidArgumentError("a response of more fields than any server has to send");
  }
  ServerRES response;
  if (!response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("a response that is no ServerRES of calling.proto");
  }
  return Numbered{from(response), response.number()};
}

absl::StatusOr<Response> parse_response(Bytes bytes) {
  absl::StatusOr<Numbered> numbered = parse_numbered(bytes);
  if (!numbered.ok()) return numbered.status();
  return std::move(numbered->response);
}

}  // namespace comcat::wire
