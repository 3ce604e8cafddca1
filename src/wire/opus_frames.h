#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace comcat::wire {

/// The Opus frames of a packet, each as a packet of its own (RFC 6716 section 3.2), in order. A
/// packet that is malformed comes back as it is: its listener's decoder is the judge. With it the
/// server serves clients of the original protocol, whose decoder takes one frame at a time, without
/// decoding anything.
/// Threads: any.
[[nodiscard]] std::vector<std::string> opus_frames(std::string_view packet);

}  // namespace comcat::wire
