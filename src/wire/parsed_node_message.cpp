// What a node believes of what comes from the bus.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/wire/cluster_convert.h"

#include "cluster.pb.h"
#include "errand_fields.h"
#include "field_count.h"
#include "member_fields.h"
#include "record_fields.h"
#include "resident_fields.h"
#include "voice_fields.h"

namespace comcat::wire {
namespace {

namespace proto = ::comcat_cluster;

constexpr std::string_view kNothing;

// ---- into plain structs

std::vector<Resident> from(const google::protobuf::RepeatedPtrField<proto::Resident>& all) {
  std::vector<Resident> out;
  out.reserve(static_cast<std::size_t>(all.size()));
  for (const proto::Resident& one : all) out.push_back(resident_from(one));
  return out;
}

std::vector<Gone> from(const google::protobuf::RepeatedPtrField<proto::Gone>& all) {
  std::vector<Gone> out;
  out.reserve(static_cast<std::size_t>(all.size()));
  for (const proto::Gone& one : all) {
    out.push_back({one.session(), one.moves(), reason_from(one.reason()), one.why()});
  }
  return out;
}

/// A node that cannot be is 0, and then a fault.
NodeNumber node_from(std::uint32_t node) {
  return node <= kMaxNodeNumber ? static_cast<NodeNumber>(node) : NodeNumber{0};
}

std::vector<Lost> from(const google::protobuf::RepeatedPtrField<proto::Lost>& all) {
  std::vector<Lost> out;
  out.reserve(static_cast<std::size_t>(all.size()));
  for (const proto::Lost& one : all) {
    out.push_back({resident_from(one.who()), node_from(one.node()),
                   std::chrono::milliseconds(one.left_ms())});
  }
  return out;
}

Heartbeat from(const proto::Heartbeat& in) {
  return {in.name(),  in.version(), in.address(),  in.fingerprint(), in.load_permille(),
          in.rooms(), in.people(),  in.draining(), in.ending(),      in.records()};
}

RoomPart from(const proto::RoomPart& in) {
  return {in.room(),       in.version(),   in.page(), in.pages(), from(in.residents()),
          from(in.gone()), from(in.lost())};
}

RoomDelta from(const proto::RoomDelta& in) {
  return {in.room(), in.base(), in.version(), from(in.changed()), from(in.gone())};
}

RoomAsked from(const proto::RoomAsked& in) {
  return {in.room(), in.key_hash()};
}

KeyFound from(const proto::KeyFound& in) {
  return {in.room(), resident_from(in.who())};
}

NameAsked from(const proto::NameAsked& in) {
  return {in.id(), in.room(), resident_from(in.who()), in.key_hash()};
}

NameAnswered from(const proto::NameAnswered& in) {
  NameAnswered out{in.id(), static_cast<int>(in.status()), in.twin(), {}, {}, in.session()};
  for (const std::uint32_t node : in.nodes()) out.nodes.push_back(node_from(node));
  if (in.has_former()) out.former = resident_from(in.former());
  return out;
}

RoomVoice from(proto::RoomVoice& in) {
  RoomVoice out{in.room(), {}};
  out.packets.reserve(static_cast<std::size_t>(in.frames_size()));
  for (::VoiceFrame& frame : *in.mutable_frames()) {
    if (!is_voice(frame)) continue;
    out.packets.push_back(packet_from(frame));
    out.packets.back().speaker = frame.speaker();
  }
  return out;
}

std::optional<NodeBody> body_from(proto::NodeMessage& message) {
  switch (message.body_case()) {
    case proto::NodeMessage::kHeartbeat:
      return from(message.heartbeat());
    case proto::NodeMessage::kRoomPart:
      return from(message.room_part());
    case proto::NodeMessage::kRoomDelta:
      return from(message.room_delta());
    case proto::NodeMessage::kRoomAsked:
      return from(message.room_asked());
    case proto::NodeMessage::kNameAsked:
      return from(message.name_asked());
    case proto::NodeMessage::kNameAnswered:
      return from(message.name_answered());
    case proto::NodeMessage::kRoomVoice:
      return from(*message.mutable_room_voice());
    case proto::NodeMessage::kKeyFound:
      return from(message.key_found());
    case proto::NodeMessage::kPrivateText:
      return wire::from(message.private_text());
    case proto::NodeMessage::kOrder:
      return wire::from(message.order());
    case proto::NodeMessage::kAnswered:
      return wire::from(message.answered());
    case proto::NodeMessage::kPeopleAsked:
      return wire::from(message.people_asked());
    case proto::NodeMessage::kPeopleAnswered:
      return wire::from(message.people_answered());
    case proto::NodeMessage::kRoomsAsked:
      return wire::from(message.rooms_asked());
    case proto::NodeMessage::kRoomsAnswered:
      return wire::from(message.rooms_answered());
    case proto::NodeMessage::kRecordsTold:
      return wire::from(message.records_told());
    case proto::NodeMessage::kRecordsAsked:
      return wire::from(message.records_asked());
    case proto::NodeMessage::kClaimAsked:
      return wire::from(message.claim_asked());
    case proto::NodeMessage::kPairAsked:
      return wire::from(message.pair_asked());
    case proto::NodeMessage::kClaimAnswered:
      return wire::from(message.claim_answered());
    case proto::NodeMessage::BODY_NOT_SET:
      break;
  }
  return std::nullopt;
}

// ---- what is wrong with them

bool is_text(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && base::is_safe_text(text, base::Joiners::kKept);
}

std::string_view fault_of(const std::vector<Resident>& all) {
  if (all.size() > kMaxPageResidents) return "more people than one page has";
  for (const Resident& one : all) {
    if (const std::string_view fault = fault_of(one); !fault.empty()) return fault;
  }
  return kNothing;
}

std::string_view fault_of(const std::vector<Gone>& all) {
  if (all.size() > kMaxGone) return "more who have gone than one message tells";
  const bool good = std::ranges::all_of(
      all, [](const Gone& one) { return one.session != 0 && is_text(one.why, kMaxTextBytes); });
  return good ? kNothing : "somebody who has gone without a number, or for no reason";
}

std::string_view fault_of(const std::vector<Lost>& all) {
  if (all.size() > kMaxPageResidents) return "more people than one page has";
  for (const Lost& one : all) {
    if (one.node == 0) return "a node without a number";
    if (const std::string_view fault = fault_of(one.who); !fault.empty()) return fault;
  }
  return kNothing;
}

std::string_view first_of(std::initializer_list<std::string_view> faults) {
  const auto* const found =
      std::ranges::find_if(faults, [](std::string_view fault) { return !fault.empty(); });
  return found == faults.end() ? kNothing : *found;
}

struct Fault {
  std::string_view operator()(const Heartbeat& it) const {
    if (!is_node_name(it.name)) return "a node with a name that none may have";
    const bool good = is_text(it.version, kMaxClientBytes) &&
                      is_text(it.address, kMaxNodeAddressBytes) &&
                      is_text(it.fingerprint, kMaxNodeAddressBytes);
    return good ? kNothing : "a node with an address that none may have";
  }
  std::string_view operator()(const RoomPart& it) const {
    if (it.pages == 0 || it.pages > kMaxPages || it.page >= it.pages) return "a page of none";
    return first_of(
        {fault_of_name(it.room), fault_of(it.residents), fault_of(it.gone), fault_of(it.lost)});
  }
  std::string_view operator()(const RoomDelta& it) const {
    if (it.version <= it.base) return "a change to what was before";
    return first_of({fault_of_name(it.room), fault_of(it.changed), fault_of(it.gone)});
  }
  std::string_view operator()(const RoomAsked& it) const {
    return is_key_hash(it.key_hash) ? fault_of_name(it.room) : "a key that none is";
  }
  std::string_view operator()(const KeyFound& it) const {
    return first_of({fault_of_name(it.room), wire::fault_of(it.who)});
  }
  std::string_view operator()(const NameAsked& it) const {
    if (!is_key_hash(it.key_hash)) return "a key that none is";
    return first_of({fault_of_name(it.room), wire::fault_of(it.who)});
  }
  std::string_view operator()(const NameAnswered& it) const {
    if (it.status < 0 || it.status > kMaxStatus) return "an answer of no kind";
    if (it.nodes.size() > kMaxRoomNodes) return "more nodes than there may be";
    if (it.former && !wire::fault_of(*it.former).empty()) return wire::fault_of(*it.former);
    return std::ranges::count(it.nodes, NodeNumber{0}) == 0 ? kNothing : "a node without a number";
  }
  std::string_view operator()(const RoomVoice& it) const {
    if (it.packets.size() > kMaxRoomVoicePackets) return "more voice than one message has";
    return fault_of_name(it.room);
  }
  template <typename Errand>
  std::string_view operator()(const Errand& it) const {
    return wire::fault_of(it);
  }
};

absl::Status refused(std::string_view what) {
  return absl::InvalidArgumentError(std::string(what));
}

}  // namespace

absl::StatusOr<NodeMessage> parse_node_message(Bytes bytes, std::string_view cluster,
                                               NodeNumber node) {
  if (bytes.size() > kMaxNodeMessageBytes) return refused("a message that is too long");
  if (!has_at_most_fields(bytes, *proto::NodeMessage::descriptor(), kMaxNodeMessageFields)) {
    return refused("a message of too many fields");
  }
  proto::NodeMessage message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return refused("what is no message of a node");
  }
  if (message.cluster() != cluster) return refused("a message of another cluster");
  if (message.node() != node || node == 0) return refused("a message of one node as another");
  std::optional<NodeBody> body = body_from(message);
  if (!body) return absl::UnimplementedError("a message of a later version");
  if (const std::string_view fault = std::visit(Fault{}, *body); !fault.empty()) {
    return refused(fault);
  }
  return NodeMessage{{message.cluster(), node, message.incarnation()}, *std::move(body)};
}

}  // namespace comcat::wire
