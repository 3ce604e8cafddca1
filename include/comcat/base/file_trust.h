#pragma once

#include <string>

/// Who else may have written what a file says. Threads: any.
namespace comcat::base {

/// Why nobody should believe what the open file `fd` says: "it belongs to another user (uid 1000);
/// ..." or "others than its owner may write to it; ...", each with what to do. "" where it can be
/// believed: it belongs to whoever runs this program, or to root, and nobody else may write to it.
/// Pipes and devices are whoever's who named them, and are believed.
[[nodiscard]] std::string distrust(int fd);

/// The same of a directory: others may put files in the place of those that are there. One that is
/// sticky, as /tmp is, keeps its files to their owners. That of a group is believed: it is often
/// its owner's alone. "" too where there is no such directory.
[[nodiscard]] std::string distrust_directory(const std::string& path);

/// What `error` of an open() with O_NOFOLLOW means, safe to print.
[[nodiscard]] std::string why_not_opened(int error);

}  // namespace comcat::base
