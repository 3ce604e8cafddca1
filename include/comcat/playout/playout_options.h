#pragma once

#include <chrono>

namespace comcat::playout {

/// What whoever plays may choose. Threads: a plain value.
struct PlayoutOptions {
  std::chrono::milliseconds max_delay{400};  // the most that packets are made to wait
};

}  // namespace comcat::playout
