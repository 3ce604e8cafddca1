#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace comcat::apps {

/// The flags of a flag file, each as one word "--flag=value", in order.
///
/// One a line, as --flag=VALUE or --flag VALUE; space around it does not count, nor does a
/// carriage return before the line break. A # at a line's beginning or after white space begins a
/// comment. A value in double or single quotes is what is between them, a # and spaces at its ends
/// too. `name` is the file's, for the error (kInvalidArgument), which never shows a line: it may
/// hold a passcode.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> parse_flag_file(std::string_view text,
                                                                       const std::string& name);

/// `words`, a command line without the program, with the flags of its --flagfile=FILE[,FILE...] in
/// their place, and theirs.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> expand_flag_files(
    const std::vector<std::string>& words);

/// The flags of the file `path`.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> flags_of_file(const std::string& path);

}  // namespace comcat::apps
