#pragma once

#include <string>
#include <vector>

namespace comcat::apps {

/// Flags that --help shows together, in this order.
struct FlagGroup {
  std::string title;
  std::vector<std::string> flags;
};

/// Whether a flag defined in `file` is the program's, not a library's.
[[nodiscard]] bool is_our_flag_file(const std::string& file);

/// All of --help: `usage`, then each group's flags with their meaning and default.
[[nodiscard]] std::string help_text(const std::string& usage, const std::vector<FlagGroup>& groups);

/// The names of the program's flags, without dashes.
[[nodiscard]] std::vector<std::string> our_flags();

/// Abseil's complaint about a flag as one sentence of ours, safe to print, with the one of `flags`
/// that was probably meant.
[[nodiscard]] std::string usage_sentence(const std::string& complaint,
                                         const std::vector<std::string>& flags);

}  // namespace comcat::apps
