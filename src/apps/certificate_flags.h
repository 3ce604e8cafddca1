#pragma once

#include <optional>
#include <string>

#include "comcat/server/certificate.h"

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"

ABSL_DECLARE_FLAG(bool, insecure);

namespace comcat::apps {

/// The certificate of --tls_cert, else the server's own in the state directory, for which
/// `state_dir` is the flag's value; nothing with --insecure. One sentence where the flags
/// contradict each other or it cannot be had. Threads: main.
[[nodiscard]] absl::StatusOr<std::optional<server::Certificate>> certificate(
    const std::string& state_dir);

/// The same read anew, which has to be there already.
[[nodiscard]] absl::StatusOr<server::Certificate> reread_certificate(const std::string& state_dir);

}  // namespace comcat::apps
