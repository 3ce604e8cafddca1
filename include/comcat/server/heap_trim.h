#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::server {

/// What the process holds of memory.
struct HeapUse {
  std::size_t resident = 0;  // bytes that are really there
  std::size_t used = 0;      // bytes that were allocated and not freed

  /// Of this process, now.
  [[nodiscard]] static HeapUse now();
};

/// When memory that was freed is to be given back to the system. malloc keeps most of it, and once
/// an attack is over that is what remains of it. Giving it back holds up whoever allocates for some
/// milliseconds, so it is done seldom, and only where it is much.
///
/// Threads    one at a time.
class HeapTrim {
 public:
  /// True where `use` is to be looked at.
  [[nodiscard]] bool due(base::Time now) const { return now >= next_; }
  /// True where memory is to be given back now; what is held after that is then told to trimmed().
  [[nodiscard]] bool wanted(const HeapUse& use, base::Time now);
  void trimmed(const HeapUse& use) { idle_ = use.resident - std::min(use.used, use.resident); }

 private:
  base::Time next_{};
  std::optional<std::size_t> idle_;  // bytes that were there and not used, when last there were few
};

}  // namespace comcat::server
