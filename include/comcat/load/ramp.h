#pragma once

#include <cstddef>
#include <functional>

#include "absl/status/statusor.h"

namespace comcat::load {

/// Finds the largest number of clients that a server bears: doubles from `first` until a step
/// fails, then halves the gap until it is at most a twentieth of the answer.
/// `step` measures with so many clients and says whether the server bore it. An error of it ends
/// the search with that error where nothing has succeeded yet, and counts as a failure elsewhere (a
/// full server refuses).
/// Returns the largest number that succeeded; 0 where `first` itself failed. Never tries more than
/// `limit`. Threads: any; `step` is called on the same.
[[nodiscard]] absl::StatusOr<std::size_t> ramp(
    std::size_t first, std::size_t limit,
    const std::function<absl::StatusOr<bool>(std::size_t)>& step);

}  // namespace comcat::load
