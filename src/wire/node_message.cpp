// What a node says.

#include <algorithm>

#include "comcat/wire/cluster_convert.h"

#include "cluster.pb.h"
#include "errand_fields.h"
#include "member_fields.h"
#include "record_fields.h"
#include "resident_fields.h"
#include "voice_fields.h"

namespace comcat::wire {
namespace {

namespace proto = ::comcat_cluster;

template <typename Residents>
void fill_residents(Residents& out, const std::vector<Resident>& residents) {
  for (const Resident& resident : residents) fill(*out.Add(), resident);
}

template <typename All>
void fill_gone(All& out, const std::vector<Gone>& all) {
  for (const Gone& gone : all) {
    proto::Gone& one = *out.Add();
    one.set_session(gone.session);
    one.set_moves(gone.moves);
    one.set_reason(reason_of(gone.reason));
    one.set_why(gone.why);
  }
}

/// Sets the arm of `message` that the body is.
struct SetBody {
  proto::NodeMessage& message;

  void operator()(const Heartbeat& it) const {
    proto::Heartbeat& out = *message.mutable_heartbeat();
    out.set_name(it.name);
    out.set_version(it.version);
    out.set_address(it.address);
    out.set_fingerprint(it.fingerprint);
    out.set_load_permille(it.load_permille);
    out.set_rooms(it.rooms);
    out.set_people(it.people);
    out.set_draining(it.draining);
    out.set_ending(it.ending);
    out.set_records(it.records);
  }
  void operator()(const RoomPart& it) const {
    proto::RoomPart& out = *message.mutable_room_part();
    out.set_room(it.room);
    out.set_version(it.version);
    out.set_page(it.page);
    out.set_pages(it.pages);
    fill_residents(*out.mutable_residents(), it.residents);
    fill_gone(*out.mutable_gone(), it.gone);
    for (const Lost& lost : it.lost) {
      proto::Lost& one = *out.add_lost();
      fill(*one.mutable_who(), lost.who);
      one.set_node(lost.node);
      one.set_left_ms(static_cast<std::uint32_t>(lost.left.count()));
    }
  }
  void operator()(const RoomDelta& it) const {
    proto::RoomDelta& out = *message.mutable_room_delta();
    out.set_room(it.room);
    out.set_base(it.base);
    out.set_version(it.version);
    fill_residents(*out.mutable_changed(), it.changed);
    fill_gone(*out.mutable_gone(), it.gone);
  }
  void operator()(const RoomAsked& it) const {
    message.mutable_room_asked()->set_room(it.room);
    message.mutable_room_asked()->set_key_hash(it.key_hash);
  }
  void operator()(const KeyFound& it) const {
    message.mutable_key_found()->set_room(it.room);
    fill(*message.mutable_key_found()->mutable_who(), it.who);
  }
  void operator()(const NameAsked& it) const {
    proto::NameAsked& out = *message.mutable_name_asked();
    out.set_id(it.id);
    out.set_room(it.room);
    fill(*out.mutable_who(), it.who);
    out.set_key_hash(it.key_hash);
  }
  void operator()(const NameAnswered& it) const {
    proto::NameAnswered& out = *message.mutable_name_answered();
    out.set_id(it.id);
    out.set_status(static_cast<std::uint32_t>(it.status));
    out.set_twin(it.twin);
    for (const NodeNumber node : it.nodes) out.add_nodes(node);
    if (it.former) fill(*out.mutable_former(), *it.former);
    out.set_session(it.session);
  }
  void operator()(const RoomVoice& it) const {
    proto::RoomVoice& out = *message.mutable_room_voice();
    out.set_room(it.room);
    for (const VoicePacket& packet : it.packets) {
      ::VoiceFrame& frame = *out.add_frames();
      frame.set_speaker(packet.speaker);
      fill(frame, packet);
    }
  }
  void operator()(const PrivateText& it) const { fill(*message.mutable_private_text(), it); }
  void operator()(const Order& it) const { fill(*message.mutable_order(), it); }
  void operator()(const Answered& it) const { fill(*message.mutable_answered(), it); }
  void operator()(const PeopleAsked& it) const { fill(*message.mutable_people_asked(), it); }
  void operator()(const PeopleAnswered& it) const { fill(*message.mutable_people_answered(), it); }
  void operator()(const RoomsAsked& it) const { fill(*message.mutable_rooms_asked(), it); }
  void operator()(const RoomsAnswered& it) const { fill(*message.mutable_rooms_answered(), it); }
  void operator()(const RecordsTold& it) const { fill(*message.mutable_records_told(), it); }
  void operator()(const RecordsAsked& it) const { fill(*message.mutable_records_asked(), it); }
  void operator()(const ClaimAsked& it) const { fill(*message.mutable_claim_asked(), it); }
  void operator()(const PairAsked& it) const { fill(*message.mutable_pair_asked(), it); }
  void operator()(const ClaimAnswered& it) const { fill(*message.mutable_claim_answered(), it); }
};

}  // namespace

bool is_node_name(std::string_view name) {
  const auto may_stand = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !name.empty() && name.size() <= kMaxNodeNameBytes && std::ranges::all_of(name, may_stand);
}

std::string encode_node_message(const Sender& from, const NodeBody& body) {
  proto::NodeMessage message;
  message.set_cluster(from.cluster);
  message.set_node(from.node);
  message.set_incarnation(from.incarnation);
  std::visit(SetBody{message}, body);
  return message.SerializeAsString();
}

}  // namespace comcat::wire
