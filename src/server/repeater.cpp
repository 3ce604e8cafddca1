#include "repeater.h"

#include <numeric>
#include <utility>

#include "comcat/datagram/packet.h"

namespace comcat::server {
namespace {

std::size_t bytes_of(const std::vector<Payload>& frames, std::size_t before) {
  return std::accumulate(
      frames.begin(), frames.end(), before,
      [](std::size_t bytes, const Payload& frame) { return bytes + frame->size(); });
}

}  // namespace

bool Repeater::goes_on(double loss, base::Time now) {
  wanted_ = repetition_.wanted(loss, congestion_.is_there(now), now);
  return repetition_.lossy();
}

void Repeater::add_last(std::vector<Payload>& frames) {
  const std::vector<Payload> before = std::exchange(last_, frames);
  if (!wanted_ || bytes_of(before, bytes_of(frames, 0)) > datagram::kMaxBodyBytes) return;
  frames.insert(frames.begin(), before.begin(), before.end());
}

}  // namespace comcat::server
