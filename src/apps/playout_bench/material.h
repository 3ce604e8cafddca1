#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace comcat::bench {

/// One encoded frame of 20 ms; no bytes where DTX sends nothing.
using Encoded = std::string;

struct MaterialOptions {
  std::uint64_t seed = 1;
  bool discontinuous = false;     // DTX
  int expected_loss_percent = 0;  // above 0: with in-band FEC
};

/// A minute of synthetic speech (phrases of syllables over a soft background, with the pauses of
/// conversation), encoded by comcat's own encoder at 32 kbit/s. It begins and ends in a pause, so
/// that it may be repeated without end.
[[nodiscard]] std::vector<Encoded> encode_minute(const MaterialOptions& options);

}  // namespace comcat::bench
