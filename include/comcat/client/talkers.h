#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/client/playback.h"
#include "comcat/wire/messages.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// Who talks now, by the levels that frames carry: from the first frame that is loud enough until
/// kHold after the last. Nothing is decoded, and frames of silence are not talking.
///
/// Threads    any; hear() from whoever receives voice, never from that of a sound card. No clock.
/// Capacity   kMost speakers at a time; of a server that makes up more, the others are not shown.
class Talkers {
 public:
  static constexpr unsigned kVoiceDbov = Playback::kVoiceDbov;
  static constexpr std::chrono::milliseconds kHold{300};
  static constexpr std::size_t kMost = 64;

  struct Talker {
    wire::SessionNumber session = 0;
    unsigned level_dbov = wire::kSilentDbov;  // of the last frame
  };

  /// Frames came. True where somebody begins to talk, or stopped so long ago that it is anew.
  [[nodiscard]] bool hear(const wire::VoicePackets& frames, base::Time now);
  void remove(wire::SessionNumber session);

  /// Who has talked longest comes first.
  [[nodiscard]] std::vector<Talker> now(base::Time now) const;
  /// When the next of them will have ended if no frame comes; Time::max() while nobody talks.
  [[nodiscard]] base::Time next_end(base::Time now) const;

 private:
  struct Spurt {
    base::Time begin{};
    base::Time voice{};  // heard last
    unsigned level_dbov = wire::kSilentDbov;
    [[nodiscard]] bool goes_on(base::Time now) const { return now - voice < kHold; }
  };

  bool hear_one(const wire::VoicePacket& frame, base::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<wire::SessionNumber, Spurt> spurts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::client
