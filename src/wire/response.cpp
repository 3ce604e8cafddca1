// What a server says.

#include <utility>

#include "comcat/wire/convert.h"

#include "calling.pb.h"
#include "datagram_fields.h"
#include "member_fields.h"
#include "opus_frames.h"
#include "voice_fields.h"

namespace comcat::wire {
namespace {

void fill(::Roster& out, const Roster& roster) {
  out.set_room(roster.room);
  for (const Member& member : roster.members) fill(*out.add_members(), member);
}

void fill(::TextSaid& out, const TextSaid& said) {
  out.set_session(said.session);
  out.set_name(said.name);
  out.set_text(said.text);
  out.set_number(said.number);
  out.set_time_ms(said.time_ms);
  out.set_earlier(said.earlier);
}

/// Sets the arm of `outcome` that the result is.
struct SetResult {
  ::Outcome& outcome;
  void operator()(std::monostate) const {}
  void operator()(const RoomList& list) const {
    for (const RoomInfo& room : list.rooms) {
      ::RoomInfo& out = *outcome.mutable_rooms()->add_rooms();
      out.set_name(room.name);
      out.set_members(room.members);
      for (const std::string& name : room.names) out.add_names(name);
      out.set_asks_passcode(room.asks_passcode);
    }
    for (const RoundTrip& trip : list.round_trips) {
      ::RoundTrip& out = *outcome.mutable_rooms()->add_round_trips();
      out.set_session(trip.session);
      out.set_ms(trip.ms);
    }
  }
  void operator()(const Roster& roster) const { fill(*outcome.mutable_roster(), roster); }
  void operator()(const TextPage& page) const {
    for (const TextSaid& said : page.texts) fill(*outcome.mutable_texts()->add_texts(), said);
    outcome.mutable_texts()->set_more(page.more);
  }
};

template <typename Servers>
void fill_servers(Servers& out, const std::vector<OtherServer>& servers) {
  for (const OtherServer& server : servers) {
    ::OtherServer& one = *out.Add();
    one.set_address(server.address);
    one.set_fingerprint(server.fingerprint);
  }
}

/// Sets the arm of `event` that the event is.
struct SetEvent {
  ::Event& event;
  void operator()(const UnknownEvent&) const {}
  void operator()(const Joined& e) const {
    fill(*event.mutable_joined()->mutable_member(), e.member);
  }
  void operator()(const MemberChanged& e) const {
    fill(*event.mutable_member_changed()->mutable_member(), e.member);
  }
  void operator()(const Left& e) const {
    event.mutable_left()->set_session(e.session);
    event.mutable_left()->set_reason(reason_of(e.reason));
    event.mutable_left()->set_why(e.why);
  }
  void operator()(const Away& e) const { event.mutable_away()->set_session(e.session); }
  void operator()(const Back& e) const { event.mutable_back()->set_session(e.session); }
  void operator()(const MuteChanged& e) const {
    event.mutable_mute_changed()->set_session(e.session);
    event.mutable_mute_changed()->set_muted(e.muted);
    event.mutable_mute_changed()->set_muted_by_host(e.muted_by_host);
  }
  void operator()(const DeafenChanged& e) const {
    event.mutable_deafen_changed()->set_session(e.session);
    event.mutable_deafen_changed()->set_deafened(e.deafened);
  }
  void operator()(const TextSaid& e) const { fill(*event.mutable_text_said(), e); }
  void operator()(const RecordingChanged& e) const {
    event.mutable_recording_changed()->set_session(e.session);
    event.mutable_recording_changed()->set_recording(e.recording);
  }
  void operator()(const Told& e) const {
    event.mutable_told()->set_session(e.session);
    event.mutable_told()->set_name(e.name);
    event.mutable_told()->set_text(e.text);
  }
  void operator()(const Announced& e) const { event.mutable_announced()->set_text(e.text); }
  void operator()(const Draining& e) const {
    event.mutable_draining()->set_grace_ms(e.grace_ms);
    event.mutable_draining()->set_elsewhere(e.elsewhere);
  }
  void operator()(const OtherServers& e) const {
    fill_servers(*event.mutable_other_servers()->mutable_servers(), e.servers);
  }
  void operator()(const Roster& e) const { fill(*event.mutable_roster(), e); }
};

}  // namespace

std::string encode_voice(const VoicePacket& frame) {
  ServerRES response;
  ::VoiceFrame& out = *response.mutable_voice()->add_frames();
  out.set_speaker(frame.speaker);
  fill(out, frame);
  return response.SerializeAsString();
}

std::string encode_voice_message(const VoicePacket& frame, const std::string& name,
                                 const std::string& id) {
  ServerRES response;
  ServerMSG& out = *response.mutable_message();
  out.set_id(id);
  out.set_speaker(frame.speaker);
  fill(*out.mutable_msg(), frame);
  out.mutable_msg()->set_name(name);
  return response.SerializeAsString();
}

std::vector<std::string> encode_original_voice(const VoicePacket& packet, const std::string& name,
                                               const std::string& id) {
  std::vector<std::string> frames = opus_frames(packet.payload);
  if (frames.size() > kMaxShortFrames) frames.assign(1, packet.payload);
  VoicePacket part = packet;
  part.duration_samples = packet.duration_samples / static_cast<std::uint32_t>(frames.size());
  for (std::string& frame : frames) {
    part.payload = std::move(frame);
    frame = encode_voice_message(part, name, id);
    part.timestamp += part.duration_samples;
  }
  return frames;
}

std::string encode_response(const Welcome& welcome) {
  ServerRES response;
  ServerSignal& out = *response.mutable_signal();
  out.set_session(welcome.session);
  out.set_id(welcome.id);
  out.set_room(welcome.room);
  for (const Member& member : welcome.members) fill(*out.add_members(), member);
  out.mutable_limits()->set_max_chunk_bytes(kMaxChunkBytes);
  out.mutable_limits()->set_max_message_bytes(kMaxMessageBytes);
  out.mutable_limits()->set_max_text_bytes(kMaxTextBytes);
  out.mutable_limits()->set_max_speakers(welcome.max_speakers);
  out.set_resume_key(welcome.resume_key);
  out.set_features(welcome.features);
  if (welcome.datagrams) fill(*out.mutable_datagrams(), *welcome.datagrams);
  fill_servers(*out.mutable_others(), welcome.others);
  return response.SerializeAsString();
}

std::string encode_response(const Outcome& outcome) {
  ServerRES response;
  ::Outcome& out = *response.mutable_outcome();
  out.set_trace_id(outcome.trace_id);
  out.set_status(static_cast<std::uint32_t>(outcome.status));
  out.set_text(outcome.text);
  std::visit(SetResult{out}, outcome.result);
  return response.SerializeAsString();
}

std::string encode_response(const DatagramReport& report) {
  ServerRES response;
  fill(*response.mutable_datagram_report(), report);
  return response.SerializeAsString();
}

std::string encode_response(const Event& event) {
  ServerRES response;
  std::visit(SetEvent{*response.mutable_events()->add_events()}, event);
  return response.SerializeAsString();
}

std::string encode_number(std::uint64_t number) {
  ServerRES response;
  response.set_number(number);
  return response.SerializeAsString();
}

}  // namespace comcat::wire
