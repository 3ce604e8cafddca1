#pragma once

#include <string_view>

namespace comcat::base {

/// All of `text` to `fd`, waiting for whoever reads, also where `fd` does not block (O_NONBLOCK
/// belongs to everyone who shares it: a shell's pipeline, another program on this terminal). False
/// when it cannot be written.
/// Threads: any.
bool write_fully(int fd, std::string_view text);

}  // namespace comcat::base
