#include "comcat/server/send_load.h"

#include <algorithm>
#include <cmath>

namespace comcat::server {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kWindow{0.1};
constexpr Seconds kMemory{1.0};        // the time constant of the rate's average
constexpr double kNewestWeight = 0.1;  // of a write's cost in the average
// A write's completion and the wake-up for it come later: at 200 clients and one speaker the server
// took 1.2 times what its calls of Write() did.
constexpr double kWholeWrite = 1.2;
constexpr Seconds kLongestWrite{1e-3};  // more is another thing that happened on the way

}  // namespace

void SendLoad::count(std::uint64_t messages, base::Time now) {
  counted_ += messages;
  const Seconds passed = now - since_;
  if (passed < kWindow) return;
  const double newest = static_cast<double>(counted_) / passed.count();
  per_second_ += (newest - per_second_) * (1 - std::exp(-passed / kMemory));
  since_ = now;
  counted_ = 0;
}

void SendLoad::measured(base::Duration cpu) {
  const double seconds = std::min<Seconds>(kWholeWrite * Seconds(cpu), kLongestWrite).count();
  cost_seconds_ += (seconds - cost_seconds_) * kNewestWeight;
}

std::chrono::milliseconds SendLoad::wait() const {
  const double part = (share() - kIdleShare) / (kBusyShare - kIdleShare);
  const std::chrono::duration<double, std::milli> wait = std::clamp(part, 0.0, 1.0) * kLongestWait;
  return std::chrono::floor<std::chrono::milliseconds>(wait);
}

}  // namespace comcat::server
