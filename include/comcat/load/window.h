#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace comcat::load {

/// Which frames the measurement counts: what everyone in it agrees on.
/// Threads: any; begin(), end() and the speakers' limit are set by the one that measures.
class Window {
 public:
  Window(std::uint32_t run, std::size_t rooms) : run_(run), rooms_(rooms) {}

  void begin(std::int64_t ns) { from_ns_ = ns; }
  void end(std::int64_t ns) { to_ns_ = ns; }
  void set_max_speakers(std::size_t max_speakers) { max_speakers_ = max_speakers; }

  [[nodiscard]] bool holds(std::int64_t sent_ns) const {
    return sent_ns >= from_ns_.load(std::memory_order_relaxed) &&
           sent_ns < to_ns_.load(std::memory_order_relaxed);
  }
  /// True for the first speakers of each room, who talk where the others are only background noise:
  /// those that the server forwards.
  [[nodiscard]] bool is_loud(std::size_t speaker) const {
    return speaker / rooms_ < max_speakers_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t run() const { return run_; }

 private:
  const std::uint32_t run_;
  const std::size_t rooms_;
  std::atomic<std::int64_t> from_ns_{std::numeric_limits<std::int64_t>::max()};
  std::atomic<std::int64_t> to_ns_{std::numeric_limits<std::int64_t>::max()};
  std::atomic<std::size_t> max_speakers_{std::numeric_limits<std::size_t>::max()};
};

}  // namespace comcat::load
