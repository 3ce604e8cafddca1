#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "comcat/wire/cluster_messages.h"
#include "comcat/wire/convert.h"

#include "absl/status/statusor.h"

/// What nodes say to each other, to and from the bytes of proto/cluster.proto. Whatever comes from
/// the bus may be anybody's: it is refused whole, unless each field is within its limits.
/// Threads: any.
namespace comcat::wire {

inline constexpr std::size_t kMaxNodeMessageBytes = 256 * 1024;
inline constexpr std::size_t kMaxNodeMessageFields = 16'384;
inline constexpr std::size_t kMaxNodeNameBytes = 32;  // of a node's and a cluster's name
inline constexpr std::size_t kMaxNodeAddressBytes = kMaxServerAddressBytes;
inline constexpr std::size_t kMaxPageResidents = 256;
inline constexpr std::size_t kMaxPages = 256;
inline constexpr std::size_t kMaxGone = 64;
inline constexpr std::size_t kKeyHashBytes = 32;
inline constexpr std::size_t kMaxRoomNodes = 4096;
inline constexpr std::size_t kMaxRoomVoicePackets = 64;
inline constexpr NodeNumber kMaxNodeNumber = 4095;

/// Whether `name` may be a node's or a cluster's: 1 to kMaxNodeNameBytes letters and digits of
/// ASCII, - and _, so that it may stand in a subject of NATS.
[[nodiscard]] bool is_node_name(std::string_view name);

[[nodiscard]] std::string encode_node_message(const Sender& from, const NodeBody& body);

/// `expected` is what the bus knows of the sender: its cluster and its number. kInvalidArgument
/// with one sentence, safe to print, where the bytes are of another, are no NodeMessage or break a
/// limit; kUnimplemented where they are of a later version: to be ignored.
[[nodiscard]] absl::StatusOr<NodeMessage> parse_node_message(Bytes bytes, std::string_view cluster,
                                                             NodeNumber node);

[[nodiscard]] std::string encode_room_text(const RoomText& text);
/// kInvalidArgument with one sentence, safe to print, where the bytes are no text that somebody may
/// say.
[[nodiscard]] absl::StatusOr<RoomText> parse_room_text(Bytes bytes);

}  // namespace comcat::wire
