#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/claim.h"
#include "comcat/server/contest.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// Chooses the few speakers of a room that its listeners are sent, from the level that each frame
/// carries (RFC 6464), without decoding. So a room of N who all talk costs N·K deliveries, not N².
///
/// A free slot admits at once, so that no first syllable is lost. A slot is free when its speaker
/// has not been heard (louder than kVoiceDbov) for kHold. Taking an occupied slot needs a smoothed
/// level kMarginDb above the weakest speaker's for kPersistence: equals do not flap.
///
/// Levels are what clients say of themselves. A claim that never falls is hardly believed (Claim),
/// and where slots are wanted by more than there are for long, who has used much more of them than
/// another gives way to it, however loud (Contest); but a voice never to what is no voice.
///
/// Cost       offer() is linear in the slots and in those who want one.
/// Threads    one: the room's shard.
class Loudest {
 public:
  static constexpr std::chrono::milliseconds kHold = Claim::kHold;
  static constexpr std::chrono::milliseconds kPersistence{60};
  static constexpr std::chrono::milliseconds kFrameGap{80};  // the longest Opus packet and jitter
  static constexpr double kMarginDb = 6;
  static constexpr unsigned kVoiceDbov = Claim::kVoiceDbov;

  explicit Loudest(std::size_t max_speakers) : max_speakers_(max_speakers) {}
  Loudest(const Loudest&) = delete;
  Loudest& operator=(const Loudest&) = delete;

  /// Somebody who may speak from now on. Who was not added has a share of its own.
  void add(wire::SessionNumber speaker, Share share);
  void remove(wire::SessionNumber speaker);

  /// True where the frame that `speaker` sent at `now` is to be forwarded.
  [[nodiscard]] bool offer(wire::SessionNumber speaker, std::uint8_t level_dbov, base::Time now);

  /// `speaker` is not to be heard: its slot is free. What it has used stays known.
  void silence(wire::SessionNumber speaker);

  /// Slots whose speaker has been heard within kFrameGap of `now`. The rare quiet frames of
  /// somebody who says nothing do not count: nobody's voice is to wait for those.
  [[nodiscard]] std::size_t talking(base::Time now) const;

 private:
  struct Speaker {
    Claim claim;
    base::Time louder_since{};  // challengers: since when above a holder; 0 where it is not
    Contest::Account* account = nullptr;
  };
  enum class Rank { kFree, kOwes, kEven, kIsOwed };  // of a holder, to who wants its slot

  Speaker& find_or_add(wire::SessionNumber speaker);
  [[nodiscard]] static Rank rank(const Speaker& holder, const Speaker& wants, base::Time now);
  /// The slot that `wants` takes most easily.
  [[nodiscard]] Speaker*& weakest(const Speaker& wants, base::Time now);
  /// Notes that `wants` is in no slot; where among the challengers it is.
  [[nodiscard]] Speaker*& challenger(Speaker& wants, base::Time now);
  [[nodiscard]] bool contend(Speaker*& challenger, bool heard, base::Time now);

  std::size_t max_speakers_;
  Contest contest_;
  std::unordered_map<wire::SessionNumber, Speaker> speakers_;
  std::vector<Speaker*> slots_;
  std::vector<Speaker*> challengers_;
};

}  // namespace comcat::server
