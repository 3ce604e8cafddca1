#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace comcat::bus {

/// What stands before the bytes of every message: version and kind in one byte each, then sender,
/// stamp and, but for plain messages, the request's number, 8 bytes each, the least first.
struct Envelope {
  enum class Kind : std::uint8_t { kMessage, kRequest, kAnswer };
  static constexpr std::uint8_t kVersion = 1;

  Kind kind = Kind::kMessage;
  std::uint64_t sender = 0;
  std::int64_t stamp_us = 0;  // of the sender's clock, when it sent it
  std::uint64_t request = 0;
};

[[nodiscard]] std::string seal(const Envelope& envelope, std::string_view bytes);

/// Takes the envelope off `bytes`; nothing where there is none. Safe on any bytes.
[[nodiscard]] std::optional<Envelope> open(std::string_view& bytes);

}  // namespace comcat::bus
