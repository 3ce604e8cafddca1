#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// How a sealed datagram is laid out; proto/README.md documents it.
///
///     type and key epoch 1 | connection 4 | counter 6 | sealed body | tag 16
///
/// Type and epoch share a byte, four bits each; numbers are big-endian. The header is
/// authenticated, the body sealed. Threads: any.
namespace comcat::datagram {

using Bytes = std::span<const std::byte>;

/// Of a whole datagram, header and tag included; what is longer is not sent, and not read.
inline constexpr std::size_t kMaxDatagramBytes = 1200;
inline constexpr std::size_t kHeaderBytes = 11;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kOverheadBytes = kHeaderBytes + kTagBytes;
inline constexpr std::size_t kMaxBodyBytes = kMaxDatagramBytes - kOverheadBytes;
inline constexpr std::uint64_t kMaxCounter = (std::uint64_t{1} << 48) - 1;
inline constexpr std::uint8_t kMaxEpoch = 15;

enum class Type : std::uint8_t {
  kVoice = 1,   // one or more voice packets (voice.h)
  kProbe = 2,   // asks for an echo (control.h)
  kEcho = 3,    // answers a probe, and is as long
  kReport = 4,  // says what has arrived (control.h)
};

struct Header {
  Type type = Type::kVoice;
  std::uint8_t epoch = 0;        // which of a connection's keys sealed it
  std::uint32_t connection = 0;  // the server's number for it
  std::uint64_t counter = 0;     // one more for each datagram of a direction

  friend bool operator==(const Header&, const Header&) = default;
};

/// The header of a datagram that is neither too short nor too long and of a known type; it has not
/// been authenticated by that.
[[nodiscard]] std::optional<Header> parse_header(Bytes datagram);

/// Writes kHeaderBytes to the beginning of `out`, which has room for them.
void write_header(const Header& header, std::span<std::byte> out);

/// Plain big-endian numbers, for the bodies as well. `out` and `in` have the room.
void write_number(std::uint64_t value, std::size_t bytes, std::byte* out);
[[nodiscard]] std::uint64_t read_number(const std::byte* in, std::size_t bytes);

[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace comcat::datagram
