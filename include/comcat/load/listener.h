#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"
#include "comcat/load/arrivals.h"
#include "comcat/load/histogram.h"
#include "comcat/load/window.h"
#include "comcat/wire/messages.h"

#include "absl/synchronization/mutex.h"

namespace comcat::load {

/// What the listeners of one part of the clients have heard.
/// Threads    any of the two that receive for them, under `mutex`; the counters may be read by
///            others meanwhile, the rest afterwards.
struct Tally {
  absl::Mutex mutex;
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<std::uint64_t> responses{0};  // of any kind: tells when all has become quiet
  std::uint64_t messages = 0;
  std::uint64_t by_datagram = 0;  // of those delivered
  std::uint64_t unexpected = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;
  Histogram latency;

  static void count(std::atomic<std::uint64_t>& counter) {  // one writer: no locked instruction
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

/// Counts what one client hears.
/// Threads    hear() from those that receive, which exclude each other; resume() from any;
///            exclude() before they begin.
class Listener {
 public:
  Listener(std::uint32_t index, const Window& window, Tally& tally)
      : index_(index), window_(window), tally_(tally) {}

  void hear(const wire::VoicePackets& frames, base::Time now, wire::Via via = wire::Via::kStream);

  /// It does not count towards the others' figures: it is to stall or to flood.
  void exclude() { excluded_ = true; }
  /// What it hears from now on is measured by age. Any thread.
  void resume() { resumed_ = true; }

  static constexpr std::chrono::milliseconds kStale{500};

  struct Ages {
    base::Duration first{0};
    base::Duration oldest{0};
    std::uint64_t stale_frames = 0;  // older than kStale
  };
  /// Nothing where it heard nothing after resume(). Once the receiving thread has ended.
  [[nodiscard]] const std::optional<Ages>& ages() const { return ages_; }

 private:
  void note_age(base::Duration age);

  const std::uint32_t index_;
  const Window& window_;
  Tally& tally_;
  Arrivals arrivals_;
  bool excluded_ = false;
  std::atomic<bool> resumed_{false};
  std::optional<Ages> ages_;
};

}  // namespace comcat::load
