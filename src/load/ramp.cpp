#include "comcat/load/ramp.h"

#include <algorithm>

namespace comcat::load {

absl::StatusOr<std::size_t> ramp(std::size_t first, std::size_t limit,
                                 const std::function<absl::StatusOr<bool>(std::size_t)>& step) {
  std::size_t good = 0;
  std::size_t bad = limit + 1;
  std::size_t next = first;
  while (next > good && next < bad) {
    const absl::StatusOr<bool> bore = step(next);
    if (!bore.ok() && good == 0) return bore.status();
    (bore.ok() && *bore ? good : bad) = next;
    if (good == 0) return good;
    if (bad > limit) {
      next = std::min(2 * good, limit);
    } else {
      const std::size_t gap = bad - good;
      if (gap <= std::max<std::size_t>(1, good / 20)) break;
      next = good + gap / 2;
    }
  }
  return good;
}

}  // namespace comcat::load
