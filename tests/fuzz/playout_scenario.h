#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace comcat::fuzz {

/// Plays the arrival sequence that `bytes` describe through a Mixer, and aborts where
/// playout breaks a promise: exactly one block of finite samples within full scale for each pull,
/// bounded memory, bounded delay. Any bytes are a sequence: time jumps, numbers lie.
void play_scenario(std::span<const std::uint8_t> bytes);

}  // namespace comcat::fuzz
