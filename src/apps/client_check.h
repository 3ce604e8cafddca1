#pragma once

#include "comcat/client/options.h"

namespace comcat::apps {

/// Whether --check is given: nobody is called.
[[nodiscard]] bool is_check();

/// Tries sound and, where `has_server`, the server; the exit code.
[[nodiscard]] int check_setup(const client::ClientOptions& options, bool has_server, bool json);

}  // namespace comcat::apps
