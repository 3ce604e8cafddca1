#include "comcat/load/arrivals.h"

namespace comcat::load {
namespace {

constexpr std::uint32_t kWindow = 64;

}  // namespace

Arrivals::Kind Arrivals::arrived(std::uint32_t speaker, std::uint32_t serial) {
  Seen& seen = speakers_[speaker];
  if (seen.window == 0 || serial > seen.highest) {
    const std::uint32_t ahead = seen.window == 0 ? kWindow : serial - seen.highest;
    seen.window = (ahead >= kWindow ? 0 : seen.window << ahead) | 1;
    seen.highest = serial;
    return Kind::kInOrder;
  }
  const std::uint32_t behind = seen.highest - serial;
  if (behind >= kWindow) return Kind::kReordered;
  const std::uint64_t bit = std::uint64_t{1} << behind;
  if ((seen.window & bit) != 0) return Kind::kDuplicate;
  seen.window |= bit;
  return Kind::kReordered;
}

}  // namespace comcat::load
