#pragma once

#include <cstddef>

#include "comcat/transport/failure.h"

#include "absl/status/status.h"

namespace comcat::load {

/// Why one of `clients` did not get in, or did not stay, while `in` were in. In the words of
/// transport::classify, but for advice that only comcat-client can follow, or only somebody who
/// sends many callers.
///
/// kInvalidArgument, kPermissionDenied, kResourceExhausted or kUnavailable, for classify's kUsage,
/// kRefused, kFull and kUnreachable, with one sentence. Threads: any.
[[nodiscard]] absl::Status join_failure(const transport::StreamEnd& end, std::size_t in,
                                        std::size_t clients);

}  // namespace comcat::load
