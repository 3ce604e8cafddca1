#include "comcat/wire/convert.h"

#include "calling.pb.h"
#include "datagram_fields.h"
#include "voice_fields.h"

namespace comcat::wire {
namespace {

/// A voice message holds one chunk and a name; what else it may carry is a later version's.
constexpr std::size_t kMaxVoiceMessageBytes = 2048;

absl::StatusOr<Request> from(ClientMSG& message, std::size_t size_bytes) {
  if (message.chunk().empty() || message.chunk().size() > kMaxChunkBytes) {
    return absl::InvalidArgumentError("a voice chunk of " + std::to_string(message.chunk().size()) +
                                      " bytes; 1 to 1275 are allowed");
  }
  if (size_bytes > kMaxVoiceMessageBytes) {
    return absl::InvalidArgumentError("a voice message of " + std::to_string(size_bytes) +
                                      " bytes; at most 2048 are allowed");
  }
  if (message.duration() > kMaxPacketSamples / kDurationUnitSamples) {
    return absl::InvalidArgumentError("a voice chunk of " + std::to_string(message.duration()) +
                                      " x 2.5 ms; at most 48 are allowed");
  }
  return VoiceUp{packet_from(message), std::move(*message.mutable_name())};
}

Request from(ClientSignal& signal) {
  return Hello{std::move(*signal.mutable_name()),
               std::move(*signal.mutable_room()),
               std::move(*signal.mutable_resume_key()),
               signal.features(),
               signal.last_text(),
               std::move(*signal.mutable_key()),
               std::move(*signal.mutable_signature()),
               signal.new_room(),
               std::move(*signal.mutable_room_passcode()),
               std::move(*signal.mutable_pair_code()),
               std::move(*signal.mutable_client())};
}

Request from(::Command& command) {
  Command out;
  out.trace_id = command.trace_id();
  switch (command.command_case()) {
    case ::Command::kSetMute:
      out.verb = SetMute{command.set_mute().muted()};
      break;
    case ::Command::kSetDeafen:
      out.verb = SetDeafen{command.set_deafen().deafened()};
      break;
    case ::Command::kJoinRoom:
      out.verb = JoinRoom{command.join_room().room(), command.join_room().last_text(),
                          std::move(*command.mutable_join_room()->mutable_passcode())};
      break;
    case ::Command::kListRooms:
      out.verb = ListRooms{command.list_rooms().names()};
      break;
    case ::Command::kSay:
      out.verb = Say{command.say().text()};
      break;
    case ::Command::kWho:
      out.verb = Who{command.who().room()};
      break;
    case ::Command::kSetRecording:
      out.verb = SetRecording{command.set_recording().recording()};
      break;
    case ::Command::kSetLoopback:
      out.verb = SetLoopback{command.set_loopback().loopback()};
      break;
    case ::Command::kHost:
      out.verb = HostWords{command.host().words()};
      break;
    case ::Command::kTell:
      out.verb = Tell{command.tell().name(), command.tell().text()};
      break;
    case ::Command::kHistory:
      out.verb = History{command.history().before(), command.history().most()};
      break;
    case ::Command::kClaim:
      out.verb = Claim{};
      break;
    case ::Command::kPair:
      out.verb = Pair{};
      break;
    case ::Command::kNewRoom:
      out.verb = NewRoom{};
      break;
    case ::Command::kAcknowledge:
      out.verb = Acknowledge{command.acknowledge().number()};
      break;
    case ::Command::COMMAND_NOT_SET:
      break;
  }
  return out;
}

/// Sets the arm of `command` that `verb` is.
struct SetVerb {
  ::Command& command;
  void operator()(const UnknownCommand&) const {}
  void operator()(const SetMute& verb) const { command.mutable_set_mute()->set_muted(verb.muted); }
  void operator()(const SetDeafen& verb) const {
    command.mutable_set_deafen()->set_deafened(verb.deafened);
  }
  void operator()(const JoinRoom& verb) const {
    command.mutable_join_room()->set_room(verb.room);
    command.mutable_join_room()->set_last_text(verb.last_text);
    command.mutable_join_room()->set_passcode(verb.passcode);
  }
  void operator()(const NewRoom&) const { command.mutable_new_room(); }
  void operator()(const Acknowledge& verb) const {
    command.mutable_acknowledge()->set_number(verb.number);
  }
  void operator()(const ListRooms& verb) const {
    command.mutable_list_rooms()->set_names(verb.names);
  }
  void operator()(const Say& verb) const { command.mutable_say()->set_text(verb.text); }
  void operator()(const Who& verb) const { command.mutable_who()->set_room(verb.room); }
  void operator()(const Tell& verb) const {
    command.mutable_tell()->set_name(verb.name);
    command.mutable_tell()->set_text(verb.text);
  }
  void operator()(const HostWords& verb) const { command.mutable_host()->set_words(verb.words); }
  void operator()(const SetRecording& verb) const {
    command.mutable_set_recording()->set_recording(verb.recording);
  }
  void operator()(const SetLoopback& verb) const {
    command.mutable_set_loopback()->set_loopback(verb.loopback);
  }
  void operator()(const Claim&) const { command.mutable_claim(); }
  void operator()(const Pair&) const { command.mutable_pair(); }
  void operator()(const History& verb) const {
    command.mutable_history()->set_before(verb.before);
    command.mutable_history()->set_most(verb.most);
  }
};

}  // namespace

std::string encode_request(const VoicePacket& packet, const std::string& original_name) {
  ClientREQ request;
  fill(*request.mutable_message(), packet);
  request.mutable_message()->set_name(original_name);
  return request.SerializeAsString();
}

std::string encode_request(const Hello& hello) {
  ClientREQ request;
  ClientSignal& signal = *request.mutable_signal();
  signal.set_name(hello.name);
  signal.set_room(hello.room);
  signal.set_resume_key(hello.resume_key);
  signal.set_features(hello.features);
  signal.set_last_text(hello.last_text);
  signal.set_key(hello.key);
  signal.set_signature(hello.signature);
  signal.set_new_room(hello.new_room);
  signal.set_room_passcode(hello.room_passcode);
  signal.set_pair_code(hello.pair_code);
  signal.set_client(hello.client);
  return request.SerializeAsString();
}

std::string encode_request(const Command& command) {
  ClientREQ request;
  request.mutable_command()->set_trace_id(command.trace_id);
  std::visit(SetVerb{*request.mutable_command()}, command.verb);
  return request.SerializeAsString();
}

std::string encode_request(const DatagramReport& report) {
  ClientREQ request;
  fill(*request.mutable_datagram_report(), report);
  return request.SerializeAsString();
}

absl::StatusOr<Request> parse_request(Bytes bytes) {
  // Proto3 checks that strings are UTF-8 while parsing, so a malformed name fails here too.
  ClientREQ request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("a request that is no ClientREQ of calling.proto");
  }
  switch (request.request_case()) {
    case ClientREQ::kMessage:
      return from(*request.mutable_message(), bytes.size());
    case ClientREQ::kSignal:
      return from(*request.mutable_signal());
    case ClientREQ::kCommand:
      return from(*request.mutable_command());
    case ClientREQ::kDatagramReport:
      return report_from(request.datagram_report());
    case ClientREQ::REQUEST_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a request with neither message, signal nor command");
}

}  // namespace comcat::wire
