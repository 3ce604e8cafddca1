#pragma once

#include <chrono>
#include <cstdint>

namespace comcat::playout {

/// The unit in which playout reckons time: fine enough for a sample, exact in an integer.
using Micros = std::chrono::microseconds;

/// The duration of 48 kHz samples. Threads: any.
[[nodiscard]] constexpr Micros to_micros(std::int64_t samples) {
  return Micros{samples * 125 / 6};
}

}  // namespace comcat::playout
