#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "comcat/wire/messages.h"

#include "absl/status/statusor.h"

/// Plain structs to and from the bytes of proto/calling.proto. Threads: any.
namespace comcat::wire {

using Bytes = std::span<const std::byte>;

// ---- up: ClientREQ

[[nodiscard]] std::string encode_request(const VoicePacket& packet,
                                         const std::string& original_name = "");
[[nodiscard]] std::string encode_request(const Hello& hello);
[[nodiscard]] std::string encode_request(const Command& command);
[[nodiscard]] std::string encode_request(const DatagramReport& report);

/// kInvalidArgument with one sentence where the bytes are no ClientREQ, name no known request, or
/// carry a voice chunk that is not 1-1275 bytes or says to last over 120 ms. A duration that is
/// not told, as in the original protocol, is read from the payload. Names and texts are NOT checked
/// here.
[[nodiscard]] absl::StatusOr<Request> parse_request(Bytes bytes);

// ---- down: ServerRES

/// One frame as a whole ServerRES with a VoiceBatch. Protobuf merges a message that comes twice, so
/// several of these laid end to end are one valid ServerRES with all their frames: each frame is
/// serialised once, whoever gets it and beside whichever others.
[[nodiscard]] std::string encode_voice(const VoicePacket& frame);

/// One frame as a ServerMSG, for listeners without kFeatureVoiceBatch.
[[nodiscard]] std::string encode_voice_message(const VoicePacket& frame, const std::string& name,
                                               const std::string& id);

/// The same for a client of the original protocol, which can decode one Opus frame at a time and no
/// more: a ServerRES for each Opus frame of the packet, in order; at least one. Packets of more
/// than kMaxShortFrames, which nobody makes for them, are left as they are.
[[nodiscard]] std::vector<std::string> encode_original_voice(const VoicePacket& packet,
                                                             const std::string& name,
                                                             const std::string& id);

[[nodiscard]] std::string encode_response(const Welcome& welcome);
[[nodiscard]] std::string encode_response(const Outcome& outcome);
[[nodiscard]] std::string encode_response(const DatagramReport& report);
/// One event as a whole ServerRES. Laid end to end they merge, as frames of encode_voice() do.
[[nodiscard]] std::string encode_response(const Event& event);

/// A part that makes the message it is laid at the end of one that is to be acknowledged.
[[nodiscard]] std::string encode_number(std::uint64_t number);

/// kInvalidArgument where the bytes are no ServerRES, or have more than kMaxResponseFields. Every
/// name and text that comes out is safe to print; voice that a server would refuse is left out.
[[nodiscard]] absl::StatusOr<Numbered> parse_numbered(Bytes bytes);
/// The same without the number.
[[nodiscard]] absl::StatusOr<Response> parse_response(Bytes bytes);

}  // namespace comcat::wire
