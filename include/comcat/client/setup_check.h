#pragma once

#include <functional>
#include <optional>
#include <string>

#include "comcat/client/findings.h"
#include "comcat/client/options.h"
#include "comcat/client/report.h"

namespace comcat::client {

/// What came of a check.
struct SetupVerdict {
  /// The first that is not fine, in the order in which one would mend them: what keeps one out of
  /// the call, then what keeps one from being heard, or hearing.
  std::optional<Finding::Subject> wrong;
  std::optional<transport::FailureKind> failure;  // of the server, where that is what is wrong
  absl::Status device;                            // why one could not be used
};

/// Asks the user for the passcode of a server, again where `refused` was wrong; nothing where he
/// gives up.
using AskPasscode = std::function<std::optional<std::string>(const std::string& refused)>;

/// Tries the devices of `options`, and its server where `has_server`, and shows what it finds.
/// Threads    the one that calls it waits for it, some 13 s and 3 more. Others may run beside it.
/// Passcode   the server's is asked for by `ask`, unless that is null or one is in `options`.
[[nodiscard]] SetupVerdict check_setup(const ClientOptions& options, bool has_server,
                                       const std::function<void(const Report&)>& show,
                                       const AskPasscode& ask);

}  // namespace comcat::client
