#pragma once

#include <functional>
#include <string>

#include "comcat/load/options.h"
#include "comcat/load/report.h"

#include "absl/status/statusor.h"

namespace comcat::load {

/// Called about once a second with a sentence on how far the measurement is, on the thread of
/// run().
using Progress = std::function<void(const std::string&)>;

/// Connects everyone, lets the speakers speak, and reports what arrived. Returns when every client
/// has left and no thread of the load is left. Threads: any, one at a time.
///
/// An error, with one sentence, where not everyone got in: kPermissionDenied (passcode,
/// certificate), kResourceExhausted (the server is full), kUnavailable (nobody answers),
/// kInvalidArgument (options), kNotFound or kFailedPrecondition (the process of --server_pid).
[[nodiscard]] absl::StatusOr<Report> run(const Options& options, const Progress& progress);

}  // namespace comcat::load
