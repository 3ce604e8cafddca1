#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"

#include "playout_bench/trace.h"

namespace comcat::bench {

/// What one pull of 10 ms gave.
struct Played {
  std::optional<std::uint32_t> timestamp;  // capture time of its first sample, where it is speech
  Micros target{0};                        // the delay aimed at, where the player tells
  std::size_t stretched_samples = 0;       // added or taken by time stretching
};

/// A listener's side of one speaker, as the benchmark drives it. Times as in Flight.
class Player {
 public:
  virtual ~Player() = default;
  virtual void insert(const Flight& flight, std::string_view opus, Micros now) = 0;
  virtual Played pull(std::span<float, audio::kBlockSamples> out, Micros now) = 0;
};

/// One of the playouts that are compared.
struct PlayerKind {
  const char* name;
  std::unique_ptr<Player> (*make)();
};
/// comcat's and its peers, as far as they were built in.
[[nodiscard]] std::span<const PlayerKind> player_kinds();

/// comcat's Mixer.
[[nodiscard]] std::unique_ptr<Player> make_comcat_player();

/// speexdsp's JitterBuffer with Opus PLC, handled as Mumble's client does (AudioOutputSpeech): 10
/// ms steps, a margin of 10 ms, the delay adjusted in quiet moments and when a packet is missing,
/// PLC for what is missing, FEC never, a new buffer after ten misses that waits for as many packets
/// as were usual before.
[[nodiscard]] std::unique_ptr<Player> make_speex_player();

/// WebRTC's NetEq with its default settings and its own Opus decoder, on a clock that the benchmark
/// sets. Where in the speaker's time it is follows from what it decoded last and still holds.
/// Only where the library was found (COMCAT_NETEQ).
[[nodiscard]] std::unique_ptr<Player> make_neteq_player();

}  // namespace comcat::bench
