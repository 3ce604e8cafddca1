#pragma once

#include <cstdint>
#include <string_view>

namespace comcat::wire {

/// The duration of an Opus packet in 48 kHz samples, read from its TOC byte and frame count alone
/// (RFC 6716 section 3.1 and 3.2); 0 where it is empty, cut short, or longer than 120 ms. With it
/// the server numbers the frames of clients of the original protocol without decoding them.
/// Threads: any.
[[nodiscard]] std::uint32_t opus_packet_samples(std::string_view packet);

}  // namespace comcat::wire
