#pragma once

#include "comcat/client/options.h"
#include "comcat/client/setup_check.h"

namespace comcat::apps {

/// Whether --check is given: nobody is called.
[[nodiscard]] bool is_check();

/// Tries sound and, where `has_server`, the server, whose passcode is asked for by `ask`, as
/// client::check_setup() has it; the exit code.
[[nodiscard]] int check_setup(const client::ClientOptions& options, bool has_server, bool json,
                              const client::AskPasscode& ask);

}  // namespace comcat::apps
