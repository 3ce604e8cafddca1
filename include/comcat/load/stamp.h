#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace comcat::load {

/// What a voice chunk of the load carries in place of sound: when it was sent, by whom, and which
/// of the speaker's frames it is.
///
/// In the chunk: an Opus TOC byte of one 20 ms frame, so that whoever looks at the packet finds it
/// sound; sent_ns (8 bytes), serial (4), speaker (4) and run (4), in the machine's byte order, for
/// the sending process reads them itself; then 'x' up to the wanted size.
/// Threads: a plain value.
struct Stamp {
  std::int64_t sent_ns = 0;   // CLOCK_MONOTONIC
  std::uint32_t serial = 0;   // counts the speaker's frames
  std::uint32_t speaker = 0;  // index among the load's clients
  std::uint32_t run = 0;      // tells one load's frames from those of others in the room

  static constexpr std::size_t kBytes = 21;

  /// A chunk of `size_bytes`, at least kBytes.
  [[nodiscard]] std::string to_chunk(std::size_t size_bytes) const;

  /// Nothing where the chunk is too short to be ours.
  [[nodiscard]] static std::optional<Stamp> from_chunk(std::string_view chunk);
};

}  // namespace comcat::load
