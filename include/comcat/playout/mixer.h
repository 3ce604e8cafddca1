#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/playout/playout_options.h"
#include "comcat/playout/playout_stats.h"
#include "comcat/playout/pull_clock.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::playout {

/// Everything a listener hears: one jitter buffer and one decoder for each speaker, summed and
/// limited. The sound card is the clock: every pull() is as long as what it writes.
///
/// Threads    one at a time (a client's playout thread).
/// Time       every `now` is of one clock that never goes back; a packet may have arrived some
///            pulls before it is inserted.
/// Memory     bounded per speaker by max_delay, some 400 KiB at the most. A speaker silent for 5 s
///            gives back its decoder, one unheard of for a minute is forgotten but for its gain.
/// Speakers   kMostSpeakers at once, the silent counted; a further one takes the place of who has
///            been silent the longest. Where nobody is silent he is not heard.
class Mixer {
 public:
  static constexpr std::size_t kMostSpeakers = 64;
  static constexpr std::size_t kPullSamples = 8;  // of which devices' periods are multiples

  explicit Mixer(PlayoutOptions options = {});
  ~Mixer();

  /// PlayoutOptions::expected_jitter of speakers who are heard for the first time from now on.
  void expect_jitter(std::chrono::milliseconds jitter) { options_.expected_jitter = jitter; }

  /// Takes a packet that arrived at `now`. Anything the network can send is safe here: what it says
  /// of its payload is checked against the payload.
  void insert(const wire::VoicePacket& packet, base::Time now, wire::Via via = wire::Via::kStream);

  /// Writes the next samples of everyone together. Always fills `out`. REQUIRES a multiple of
  /// kPullSamples; the finer the pulls, the less anyone has to wait for his turn.
  void pull(std::span<float> out, base::Time now);

  /// A linear factor; 1 is as sent, 0 is muted. Kept until remove(), also while the speaker is
  /// silent. After remove() it says that he is back.
  void set_gain(wire::SessionNumber speaker, float gain);

  /// The speaker left: what is queued still plays out, then all is freed, his gain too. If he is
  /// heard again before that, he may be back and keeps it until he has been silent for a minute.
  void remove(wire::SessionNumber speaker);

  /// Forgets all speakers but their gains: nobody listens for a while, and what they say meanwhile
  /// is neither lost nor concealed.
  void forget_speakers();

  [[nodiscard]] std::map<wire::SessionNumber, PlayoutStats> stats() const;

 private:
  struct Voice;
  using Voices = std::map<wire::SessionNumber, std::unique_ptr<Voice>>;

  void mix(std::span<float> out, base::Time due);
  void free_the_silent(base::Time now);
  /// Forgets one who is silent; false where nobody is.
  bool make_room();
  /// What comes after it.
  Voices::iterator forget(Voices::iterator entry);
  [[nodiscard]] float gain(wire::SessionNumber speaker) const;

  PlayoutOptions options_;
  Voices voices_;
  std::map<wire::SessionNumber, float> gains_;
  PullClock clock_;
};

}  // namespace comcat::playout
