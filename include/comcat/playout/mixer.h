#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/playout/pull_clock.h"

namespace comcat::playout {

/// A speaker's number on the wire.
using SpeakerId = std::uint32_t;

/// One received voice frame.
struct Packet {
  std::uint32_t sequence = 0;          // one more for each packet sent, wraps
  std::uint32_t timestamp = 0;         // of its first sample, in 48 kHz samples, wraps
  std::span<const std::uint8_t> opus;  // copied by whoever keeps it
};

struct PlayoutOptions {
  std::chrono::milliseconds max_delay{400};
};

/// Figures of one speaker's playout since it began.
struct PlayoutStats {
  std::chrono::microseconds target_delay{0};  // what the buffer aims at
  // From when the fastest packet of late would have brought what plays now, to the ear, without the
  // sink. Where the network holds nothing up that is arrival to ear; a stall counts in full.
  std::chrono::microseconds delay{0};
  std::uint64_t received_frames = 0;
  std::uint64_t late_frames = 0;  // came after their time
  std::uint64_t lost_frames = 0;  // never came
  std::uint64_t duplicate_frames = 0;
  std::uint64_t played_samples = 0;       // of any kind, silence not
  std::uint64_t decoded_samples = 0;      // from the packets themselves
  std::uint64_t concealed_samples = 0;    // invented or left silent while the speaker spoke
  std::uint64_t recovered_samples = 0;    // from the next packet's FEC
  std::uint64_t expanded_samples = 0;     // inserted by time stretching
  std::uint64_t accelerated_samples = 0;  // removed by time stretching
  double drift_ppm = 0;                   // the speaker's clock against ours
  bool talking = false;
  std::optional<std::uint32_t> timestamp;  // of what plays now; nothing where that is not speech

  /// What concealed_samples are a part of. Not played_samples: those left silent were not played.
  [[nodiscard]] std::uint64_t speech_samples() const {
    return decoded_samples + recovered_samples + concealed_samples;
  }
};

/// Everything a listener hears: one jitter buffer and one decoder for each speaker, summed and
/// limited. The sound card is the clock: every pull() is 10 ms.
///
/// Threads    one at a time (a client's playout thread).
/// Time       every `now` is of one clock that never goes back; a packet may have arrived some
///            pulls before it is inserted.
/// Memory     bounded per speaker by max_delay. A speaker silent for 5 s gives back its decoder,
///            one unheard of for a minute is forgotten but for its gain.
/// Speakers   kMostSpeakers at once; further ones are not heard.
class Mixer {
 public:
  static constexpr std::size_t kMostSpeakers = 1000;

  explicit Mixer(PlayoutOptions options = {});
  ~Mixer();

  /// Takes a frame that arrived at `now`. Anything the network can send is safe here.
  void insert(SpeakerId speaker, const Packet& packet, base::Time now);

  /// Writes the next 10 ms of everyone together. Always fills `out`.
  void pull(std::span<float, audio::kBlockSamples> out, base::Time now);

  /// A linear factor; 1 is as sent, 0 is muted. Kept until remove(), also while the speaker is
  /// silent.
  void set_gain(SpeakerId speaker, float gain);

  /// The speaker left: what is queued still plays out, then all is freed.
  void remove(SpeakerId speaker);

  /// Forgets all speakers but their gains: nobody listens for a while, and what they say meanwhile
  /// is neither lost nor concealed.
  void forget_speakers();

  [[nodiscard]] std::map<SpeakerId, PlayoutStats> stats() const;

 private:
  struct Voice;

  void free_the_silent(base::Time now);
  [[nodiscard]] float gain(SpeakerId speaker) const;

  PlayoutOptions options_;
  std::map<SpeakerId, std::unique_ptr<Voice>> voices_;
  std::map<SpeakerId, float> gains_;
  PullClock clock_;
};

}  // namespace comcat::playout
