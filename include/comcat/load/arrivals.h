#pragma once

#include <cstdint>
#include <unordered_map>

namespace comcat::load {

/// Which frames of each speaker one listener has had: finds what came twice or too late.
/// It remembers the 64 serials up to the highest seen; an older one counts as kReordered.
/// Threads    one.
class Arrivals {
 public:
  enum class Kind { kInOrder, kReordered, kDuplicate };

  [[nodiscard]] Kind arrived(std::uint32_t speaker, std::uint32_t serial);

 private:
  struct Seen {
    std::uint32_t highest = 0;
    std::uint64_t window = 0;  // bit i: highest - i has come; 0: nothing has
  };
  std::unordered_map<std::uint32_t, Seen> speakers_;
};

}  // namespace comcat::load
