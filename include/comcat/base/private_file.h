#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

/// Small files of the user's own, which a program keeps from one run to the next: mode 0600, in a
/// directory that is made where there is none, and always whole, whoever is killed when.
///
/// Trust      a file or directory that others may write to, or that belongs to another user, is
///            neither read nor written: kPermissionDenied, with what to do.
/// Errors     kResourceExhausted where the disk is full, or a file is larger than it may be; else
///            kUnavailable. Each is one sentence, without advice but that on trust.
/// Threads    any.
namespace comcat::base {

/// What is in the file; nothing where there is none.
[[nodiscard]] absl::StatusOr<std::optional<std::string>> read_private_file(const std::string& path,
                                                                           std::size_t max_bytes);

/// The same of an open file; `path` is for the sentences.
[[nodiscard]] absl::StatusOr<std::string> read_private_file(int file, const std::string& path,
                                                            std::size_t max_bytes);

/// Whether the open file is one, and can be believed.
[[nodiscard]] absl::Status check_private_file(int file, const std::string& path);

/// Puts a file of `text` in the place of whatever is at `path`: written beside it under a name that
/// nobody can have taken, then renamed.
[[nodiscard]] absl::Status replace_private_file(const std::string& path, const std::string& text);

/// The same, where there is nothing at `path`; else kAlreadyExists, and that stays.
[[nodiscard]] absl::Status create_private_file(const std::string& path, const std::string& text);

/// Makes the directory of `path` where there is none, and looks whether it can be believed.
[[nodiscard]] absl::Status prepare_private_directory(const std::string& path);

}  // namespace comcat::base
