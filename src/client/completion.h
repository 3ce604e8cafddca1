#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "comcat/client/completion_query.h"

/// What Tab makes of a line. Values and functions of them. Threads: any.
namespace comcat::client {

/// What is asked at the end of `before`, which stands before the cursor; nothing where nothing is
/// known that could come there.
[[nodiscard]] std::optional<CompletionQuery> completion_query(const std::string& before);

/// What becomes of the line.
struct Completion {
  std::string text;                  // in the place of what stands from `query.begin` on
  std::vector<std::string> choices;  // to be listed, where nothing is sure
};

/// `names` are those of people, rooms or devices, where the query asks for them. Letter case and
/// normal form do not matter; a name of more than words is put between quotes.
[[nodiscard]] Completion complete(const std::string& before, const CompletionQuery& query,
                                  const std::vector<std::string>& names);

}  // namespace comcat::client
