#include "support/link_model.h"

#include <algorithm>

namespace comcat::testing {

bool LinkModel::chance(double share) {
  return share > 0 && std::uniform_real_distribution(0.0, 1.0)(random_) < share;
}

bool LinkModel::stopped(bool udp) const {
  using Passes = LinkConditions::Passes;
  return conditions_.passes == Passes::kNothing ||
         (udp && conditions_.passes == Passes::kAllButUdp);
}

bool LinkModel::lost_by_chance() {
  if (conditions_.loss >= 1) return true;
  if (conditions_.burst <= 1) return chance(conditions_.loss);
  const double leave = 1 / conditions_.burst;
  const double enter = std::min(1.0, conditions_.loss * leave / (1 - conditions_.loss));
  in_burst_ = in_burst_ ? !chance(leave) : chance(enter);
  return in_burst_;
}

std::optional<base::Time> LinkModel::sent(std::size_t bytes, base::Time now) {
  if (conditions_.bits_per_second == 0) return now;
  const base::Time begin = std::max(now, busy_until_);
  if (begin - now > conditions_.queue) return std::nullopt;
  const double seconds =
      static_cast<double>(bytes) * 8 / static_cast<double>(conditions_.bits_per_second);
  busy_until_ =
      begin + std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
  return busy_until_;
}

base::Time LinkModel::arrival(base::Time sent) {
  const double spread = std::uniform_real_distribution(0.0, 1.0)(random_);
  const base::Time usual = sent + conditions_.delay +
                           std::chrono::duration_cast<base::Duration>(conditions_.jitter * spread);
  if (chance(conditions_.reordered)) return usual + conditions_.hold;
  last_arrival_ = std::max(last_arrival_, usual);
  return last_arrival_;
}

LinkModel::Fate LinkModel::enter(std::size_t bytes, bool udp, base::Time now) {
  ++counts_.entered;
  Fate fate;
  if (!stopped(udp) && !lost_by_chance()) {
    if (const std::optional<base::Time> at = sent(bytes, now)) fate.arrives = arrival(*at);
  }
  if (!fate.arrives) {
    ++counts_.lost;
  } else if (chance(conditions_.duplicated)) {
    ++counts_.duplicated;
    fate.arrives_again = arrival(now);
  }
  return fate;
}

}  // namespace comcat::testing
