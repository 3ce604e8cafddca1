#include "comcat/load/listener.h"

#include <algorithm>

#include "comcat/load/stamp.h"

namespace comcat::load {

void Listener::note_age(base::Duration age) {
  if (!ages_) ages_ = Ages{.first = age};
  ages_->oldest = std::max(ages_->oldest, age);
  if (age > kStale) ++ages_->stale_frames;
}

void Listener::hear(const wire::VoicePackets& frames, base::Time now, wire::Via via) {
  const absl::MutexLock lock(&tally_.mutex);
  bool counted = false;
  for (const wire::VoicePacket& frame : frames) {
    const std::optional<Stamp> stamp = Stamp::from_chunk(frame.payload);
    if (!stamp || stamp->run != window_.run()) continue;
    const base::Duration age = now.time_since_epoch() - std::chrono::nanoseconds(stamp->sent_ns);
    const Arrivals::Kind kind = arrivals_.arrived(stamp->speaker, stamp->serial);
    if (excluded_) {
      if (resumed_.load(std::memory_order_relaxed)) note_age(age);
      continue;
    }
    if (!window_.holds(stamp->sent_ns)) continue;
    if (stamp->speaker == index_ || !window_.is_loud(stamp->speaker)) {
      ++tally_.unexpected;
    } else if (kind == Arrivals::Kind::kDuplicate) {
      ++tally_.duplicates;
    } else {
      if (kind == Arrivals::Kind::kReordered) ++tally_.reordered;
      Tally::count(tally_.delivered);
      if (via == wire::Via::kDatagram) ++tally_.by_datagram;
      tally_.latency.add(age);
      counted = true;
    }
  }
  if (counted) ++tally_.messages;
}

}  // namespace comcat::load
