#pragma once

#include <algorithm>
#include <chrono>

#include "comcat/playout/playout_options.h"
#include "comcat/transport/path_status.h"

namespace comcat::client {

/// How late packets are to be expected of somebody who has not been heard yet, by what is known of
/// our own way: the round trips of the first probes tell how even it is. Little is known where
/// there are none. Threads: any.
[[nodiscard]] inline std::chrono::milliseconds expected_jitter(const transport::PathStatus& path) {
  constexpr std::chrono::milliseconds kOfThreads{3};
  const std::chrono::milliseconds unknown = playout::PlayoutOptions{}.expected_jitter;
  if (!path.spread) return unknown;
  return std::min(kOfThreads + std::chrono::ceil<std::chrono::milliseconds>(2 * *path.spread),
                  unknown);
}

}  // namespace comcat::client
