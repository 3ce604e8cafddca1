#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::wire {

/// Bounds that both ends check; proto/README.md documents them. Threads: any, as for all checks
/// below.
inline constexpr std::size_t kMaxNameCharacters = 32;  // as users count them: grapheme clusters
inline constexpr std::size_t kMaxNameBytes = 128;      // in normal form C
inline constexpr std::size_t kMaxTextBytes = 2000;
inline constexpr std::uint32_t kUsualTexts = 20;      // at joining, and where none says how many
inline constexpr std::uint32_t kMaxTextsAsked = 100;  // of History
inline constexpr std::uint64_t kMaxTimeMs = 253'402'300'799'999;  // the end of the year 9999
inline constexpr std::size_t kMaxClientBytes = 32;  // of the name of a program and its version
inline constexpr std::size_t kMaxPasscodeBytes = 256;
inline constexpr std::size_t kMaxChunkBytes = 1275;         // one Opus frame, RFC 6716 section 3.4
inline constexpr std::uint32_t kDurationUnitSamples = 120;  // 2.5 ms, the shortest Opus frame
inline constexpr std::uint32_t kMaxPacketSamples = 5760;    // 120 ms, RFC 6716 section 3.2.5
/// In one packet for clients of the original protocol: 60 ms of 5 ms each. Each is a message to
/// each of them, so there is an end.
inline constexpr std::size_t kMaxShortFrames = 12;
inline constexpr std::size_t kMaxMessageBytes = 64 * 1024;
/// Of what a server sends: a welcome names everyone in the room.
inline constexpr std::size_t kMaxResponseBytes = 16 * kMaxMessageBytes;
/// In one such message: a room of ten thousand, each with all there is to say of him.
inline constexpr std::size_t kMaxResponseFields = 150'000;
inline constexpr std::size_t kResumeKeyBytes = 16;
inline constexpr std::size_t kMaxOtherServers = 16;  // of a cluster, that a client is told
inline constexpr std::size_t kMaxServerAddressBytes = 256;
inline constexpr unsigned kSilentDbov = 127;  // RFC 6464

/// The gRPC metadata key under which the passcode travels.
inline constexpr const char* kPasscodeKey = "passcode";
/// And that under which a host's travels beside it.
inline constexpr const char* kHostPasscodeKey = "host-passcode";

/// The key of the server's initial metadata under which a hello's nonce travels.
inline constexpr const char* kNonceKey = "nonce-bin";
inline constexpr std::size_t kNonceBytes = 32;

/// Where a client that names no room goes.
inline constexpr const char* kDefaultRoom = "lobby";

/// Bits of Hello::features and Welcome::features.
inline constexpr unsigned kFeatureVoiceBatch = 1;
inline constexpr unsigned kFeatureHistory = 2;
inline constexpr unsigned kFeatureDatagrams = 4;
inline constexpr unsigned kFeatureRecording = 16;
inline constexpr unsigned kFeatureReturn = 64;        // comes back as who it was
inline constexpr unsigned kFeatureAcknowledge = 128;  // acknowledges what is numbered
inline constexpr unsigned kFeatureServers = 256;      // goes to another server of the cluster

/// A name (of a person or, `what` = "room", of a room) as it is kept and shown: in normal form C.
/// kInvalidArgument with one sentence for the user where that is not 1-32 characters in at most 128
/// bytes without spaces at its ends, or has what base::name_fault() tells.
[[nodiscard]] absl::StatusOr<std::string> normal_name(std::string_view name,
                                                      std::string_view what = "name");

/// The status of normal_name().
[[nodiscard]] absl::Status check_name(std::string_view name, std::string_view what = "name");

/// kInvalidArgument where `text` is not 1-2000 bytes of safe text.
[[nodiscard]] absl::Status check_text(std::string_view text);

/// kInvalidArgument where a passcode is not 1-256 printable ASCII characters: what gRPC metadata
/// can carry. The passcode is never part of the sentence.
[[nodiscard]] absl::Status check_passcode(std::string_view passcode);

}  // namespace comcat::wire
