#pragma once

#include <string>

namespace comcat::client {

/// True where `text` has `name` in it as words of its own, in any letter case. Threads: any.
[[nodiscard]] bool names(const std::string& text, const std::string& name);

}  // namespace comcat::client
