#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/playout/playout_options.h"

#include "playout_bench/trace.h"

namespace comcat::bench {

/// What one pull gave.
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
  virtual Played pull(std::span<float> out, Micros now) = 0;
  /// How many samples it is asked for at a time: 10 ms, or where it can do so, less.
  [[nodiscard]] virtual std::size_t pull_samples() const { return audio::kBlockSamples; }
};

/// One of the playouts that are compared.
struct PlayerKind {
  const char* name;
  std::function<std::unique_ptr<Player>()> make;
};
/// What may be chosen of comcat's.
struct ComcatSettings {
  std::size_t pull_samples = 120;
  playout::PlayoutOptions options;
};
/// comcat's and its peers, as far as they were built in.
[[nodiscard]] std::vector<PlayerKind> player_kinds(const ComcatSettings& settings);

/// comcat's Mixer.
[[nodiscard]] std::unique_ptr<Player> make_comcat_player(const ComcatSettings& settings);

/// speexdsp's JitterBuffer with Opus PLC, handled as Mumble's client does (AudioOutputSpeech): 10
/// ms steps, a margin of 10 ms, the delay adjusted in quiet moments and when a packet is missing,
/// PLC for what is missing, FEC never, a new buffer after ten misses that waits for as many packets
/// as were usual before.
[[nodiscard]] std::unique_ptr<Player> make_speex_player();

/// WebRTC's NetEq with its default settings and its own Opus decoder, on a clock that the benchmark
/// sets. Where in the speaker's time it is follows from what it decoded last and still holds.
[[nodiscard]] std::unique_ptr<Player> make_neteq_player();

}  // namespace comcat::bench
