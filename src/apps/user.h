#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

/// Whoever runs the program, as the environment or, where it is silent (services, cron), the
/// password database has it.
namespace comcat::apps {

/// `flag` where it is not empty, else $XDG_STATE_HOME/comcat, else ~/.local/state/comcat. As the
/// XDG base directory specification says, a relative path in the variable is ignored.
[[nodiscard]] absl::StatusOr<std::filesystem::path> state_directory(const std::string& flag);

/// $XDG_CONFIG_HOME/comcat/NAME, else ~/.config/comcat/NAME; "" without a home directory.
[[nodiscard]] std::filesystem::path configuration_file(const std::string& name);

/// The login name, without what a name in a call cannot hold; "" where nothing is left of it.
[[nodiscard]] std::string login_name();

/// `raw` without what wire::check_name() refuses.
[[nodiscard]] std::string valid_name(const std::string& raw);

}  // namespace comcat::apps
