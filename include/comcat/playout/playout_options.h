#pragma once

#include <chrono>

namespace comcat::playout {

/// What whoever plays may choose. Threads: a plain value.
struct PlayoutOptions {
  std::chrono::milliseconds max_delay{400};  // the most that packets are made to wait
  // And the least: what the scheduling of threads may cost at both ends.
  std::chrono::milliseconds least_delay{10};
  // How much later than that they may be and are still played: what was said in an outage.
  std::chrono::milliseconds outage{900};
  // What packets of somebody of whom none has come yet are thought to be late, mostly.
  std::chrono::milliseconds expected_jitter{15};
  std::chrono::milliseconds gap_price{26};  // the delay that one percent fewer gaps is worth
};

}  // namespace comcat::playout
