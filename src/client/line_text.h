#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace comcat::client {

/// The console's words that begin with `start`.
[[nodiscard]] std::vector<std::string> completions(const std::string& start);

/// What all of `words`, of which there is one at least, begin with.
[[nodiscard]] std::string common_start(const std::vector<std::string>& words);

/// The columns that `text` takes on a terminal of this locale.
[[nodiscard]] std::size_t display_columns(const std::string& text);

/// Makes the locale's characters UTF-8: what a terminal of today speaks, even where LANG is not
/// set.
void use_utf8();

}  // namespace comcat::client
