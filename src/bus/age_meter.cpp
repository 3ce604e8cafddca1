#include "age_meter.h"

#include <algorithm>

namespace comcat::bus {

base::Duration AgeMeter::age(std::uint64_t number, std::int64_t stamp_us, base::Time now) {
  const std::int64_t now_us =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  // The stamp is whatever somebody wrote: unsigned arithmetic, which wraps.
  const auto way_us = static_cast<std::int64_t>(static_cast<std::uint64_t>(now_us) -
                                                static_cast<std::uint64_t>(stamp_us));
  const auto [found, is_new] = senders_.try_emplace(number, Sender{way_us, way_us, now, now});
  Sender& sender = found->second;
  if (now - sender.began >= kMemory) {
    sender.fastest_us = now - sender.began >= 2 * kMemory ? way_us : sender.fresh_us;
    sender.fresh_us = way_us;
    sender.began = now;
  }
  sender.fresh_us = std::min(sender.fresh_us, way_us);
  sender.fastest_us = std::min(sender.fastest_us, way_us);
  sender.heard = now;
  const auto age_us = static_cast<std::int64_t>(static_cast<std::uint64_t>(way_us) -
                                                static_cast<std::uint64_t>(sender.fastest_us));
  if (is_new && senders_.size() > kMost) forget_silent();
  constexpr std::int64_t kHourUs = 3'600'000'000;
  return std::chrono::microseconds(age_us < 0 || age_us > kHourUs ? kHourUs : age_us);
}

void AgeMeter::forget_silent() {
  senders_.erase(std::min_element(
      senders_.begin(), senders_.end(),
      [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; }));
}

}  // namespace comcat::bus
