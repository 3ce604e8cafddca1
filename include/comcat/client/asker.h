#pragma once

#include <cstdint>
#include <optional>

#include "comcat/client/report.h"

namespace comcat::client {

/// Who gave a command and wants to know which event answers it. A value.
struct Asker {
  std::optional<Value> id{};  // the program's own name for the command, which comes back
  std::uint64_t ticket = 0;   // of the control socket; 0: the console, where everything is shown
};

}  // namespace comcat::client
