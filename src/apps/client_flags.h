#pragma once

#include <string>
#include <vector>

#include "comcat/client/options.h"

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "flag_help.h"

// Those that are no part of a ClientOptions.
ABSL_DECLARE_FLAG(std::string, host);
ABSL_DECLARE_FLAG(std::string, passcode);
ABSL_DECLARE_FLAG(std::string, passcode_file);
ABSL_DECLARE_FLAG(std::string, room_passcode);
ABSL_DECLARE_FLAG(std::string, room_passcode_file);
ABSL_DECLARE_FLAG(std::string, host_passcode);
ABSL_DECLARE_FLAG(std::string, host_passcode_file);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(bool, devices);
ABSL_DECLARE_FLAG(bool, json);
ABSL_DECLARE_FLAG(std::string, control);
ABSL_DECLARE_FLAG(std::string, log_level);

/// The flags of comcat-client, and what they ask for.
/// Threads: the main one, before there are others.
namespace comcat::apps {

/// Every flag, for --help.
[[nodiscard]] const std::vector<FlagGroup>& client_flag_groups();

/// All but the passcodes, and what is remembered of the server, which is named but for --check; one
/// sentence where a flag cannot be.
[[nodiscard]] absl::StatusOr<client::ClientOptions> client_options();

}  // namespace comcat::apps
