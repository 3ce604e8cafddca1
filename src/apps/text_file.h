#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace comcat::apps {

/// Who may have written a file that is to be read.
enum class Writers {
  kAnybody,
  kOwner,  // who runs this program, or root, and nobody else: base::distrust()
};

/// All of a small file that a person wrote, as UTF-8: without a byte order mark, and from UTF-16
/// where it is that. kInvalidArgument with the reason alone ("No such file or directory") where it
/// cannot be read, has more than 1 MiB, or others than `writers` may have written it.
[[nodiscard]] absl::StatusOr<std::string> read_text_file(const std::string& path,
                                                         Writers writers = Writers::kAnybody);

/// True where `path` is a file, and not a pipe or device, that every user of this machine may read.
[[nodiscard]] bool is_open_to_others(const std::string& path);

}  // namespace comcat::apps
