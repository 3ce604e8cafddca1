#pragma once

#include <cstddef>
#include <cstdint>

namespace comcat::playout {

/// Timestamps this near follow on each other.
inline constexpr std::int64_t kSameMomentSamples = 120;

/// Where in the speaker's own time his playout is, in his 48 kHz timestamps (unwrapped).
///
/// Threads  one at a time.
class Playhead {
 public:
  /// The packet with these was decoded, or at least taken.
  void took(std::int64_t timestamp, std::size_t samples) {
    end_ = timestamp + static_cast<std::int64_t>(samples);
    packet_samples_ = samples;
    heard_before_ = true;
  }

  /// What lay before `timestamp` has been thrown away.
  void skip_to(std::int64_t timestamp) { end_ = timestamp; }

  /// The sender started again: its next timestamps have nothing to do with those before.
  void restart() { heard_before_ = false; }

  /// The timestamp that follows on all that was decoded.
  [[nodiscard]] std::int64_t end() const { return end_; }

  /// The timestamp of what plays next while `queued_samples` wait.
  [[nodiscard]] std::int64_t next(std::size_t queued_samples) const {
    return end_ - static_cast<std::int64_t>(queued_samples);
  }

  /// Of the packet that was taken last.
  [[nodiscard]] std::size_t packet_samples() const { return packet_samples_; }

  /// Something was decoded since the sender started, so that end() follows on it.
  [[nodiscard]] bool heard_before() const { return heard_before_; }

 private:
  std::int64_t end_ = 0;
  std::size_t packet_samples_ = 960;
  bool heard_before_ = false;
};

}  // namespace comcat::playout
