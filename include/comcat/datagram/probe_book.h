#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::datagram {

/// The probes that wait for their echoes: the last kSize. Threads: one at a time.
class ProbeBook {
 public:
  static constexpr std::size_t kSize = 8;

  void sent(std::uint64_t token, base::Time now);
  /// How long the probe with `token` was under way; nothing where there is none, or it has been
  /// echoed before.
  [[nodiscard]] std::optional<base::Duration> echoed(std::uint64_t token, base::Time now);
  void forget() { probes_ = {}; }

 private:
  struct Sent {
    std::uint64_t token = 0;
    base::Time when;
  };

  std::array<std::optional<Sent>, kSize> probes_{};
  std::size_t next_ = 0;
};

}  // namespace comcat::datagram
