#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace comcat::testing {

/// What a link does to the packets that go one way. Shares are of packets, 0 to 1.
struct LinkConditions {
  enum class Passes { kAll, kAllButUdp, kNothing };

  std::chrono::microseconds delay{0};
  std::chrono::microseconds jitter{0};  // at most so much more, evenly spread; nothing overtakes
  double loss = 0;
  double burst = 1;      // mean length of a loss, in packets (Gilbert's model); 1: each by itself
  double reordered = 0;  // held back for `hold`, and overtaken meanwhile
  std::chrono::microseconds hold{20'000};
  double duplicated = 0;
  std::uint64_t bits_per_second = 0;         // 0: no bound
  std::chrono::microseconds queue{200'000};  // what waits for its turn at that rate; more is lost
  Passes passes = Passes::kAll;
};

/// Changes `conditions` by words such as "delay=25 jitter=5 loss=3 burst=2 reordered=1 hold=20
/// duplicated=1 kbit=200 queue=100 passes=all|tcp|nothing": milliseconds, per cent, packets,
/// kbit/s. An error names the first word that makes no sense, and nothing has then been changed.
[[nodiscard]] absl::Status change(LinkConditions& conditions, const std::string& words);

}  // namespace comcat::testing
