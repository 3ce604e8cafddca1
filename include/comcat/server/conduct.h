#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "comcat/base/clock.h"
#include "comcat/server/rate_limit.h"

namespace comcat::server {

/// How much one caller may send. Flags of comcat-server set these.
struct ConductLimits {
  double max_frames_per_second = 400;  // of 2.5 ms, the shortest that Opus has
  double max_bytes_per_second = 32 * 1024;
  double max_commands_per_second = 10;
  std::chrono::milliseconds voice_burst{60};     // how much voice may come at once
  std::chrono::milliseconds command_burst{500};  // how many commands
  // From the first voice that is too much: until nobody hears it any more, until the warning.
  std::chrono::milliseconds flood_silence{100};
  std::chrono::milliseconds flood_notice{1000};
  std::chrono::milliseconds flood_grace{3000};  // from the warning to the end
};

/// What is to be done about a request that was too much.
struct Excess {
  enum class Measure { kNone, kReadLater, kWarn, kDisconnect };

  Measure measure = Measure::kNone;
  std::string_view what;  // there was too much of

  [[nodiscard]] bool any() const { return measure != Measure::kNone; }
};

/// What one caller sends, held against what it may. Who sends too much is read later, so that its
/// own buffers hold it back; where that goes on it is warned once, and at last disconnected. All is
/// forgiven once the caller has been well below the average for a while.
///
/// Threads    one: the caller's shard.
class Conduct {
 public:
  static constexpr std::size_t kLeastRepeatedBytes = 40;  // 2.5 ms of 128 kbit/s

  explicit Conduct(const ConductLimits& limits);

  /// Forgives what has been made good: to be called before each request.
  void forgive(base::Time now);

  /// Counts a packet of voice. One that is too much is late rather than lost: a burst after a stall
  /// gets through.
  [[nodiscard]] Excess count_voice(std::size_t bytes, base::Time now);
  /// Counts a packet that has come before, as each that is said again with the next does: as bytes
  /// alone, of which it has kLeastRepeatedBytes at least.
  [[nodiscard]] Excess count_repeated(std::size_t bytes, base::Time now);
  /// True where there has been too much voice for so long that nobody is to hear it.
  [[nodiscard]] bool is_silenced(base::Time now) const;

  /// Counts a command, or `what` else counts as one. One that is too much is refused.
  [[nodiscard]] Excess count_command(std::string_view what, base::Time now);

  /// What the caller sends next is not to be read before.
  [[nodiscard]] base::Time read_after() const { return read_after_; }

 private:
  struct Flood {
    base::Time since{};  // zero: there is none
    bool warned = false;
  };

  Excess::Measure hold_back(Flood& flood, base::Duration pause, base::Time now);

  const ConductLimits limits_;
  RateLimit frames_;
  RateLimit bytes_;
  RateLimit commands_;
  Flood voice_flood_;
  Flood command_flood_;
  base::Time read_after_{};
};

}  // namespace comcat::server
