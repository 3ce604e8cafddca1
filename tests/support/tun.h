#pragma once

#include <string>

#include "comcat/base/file_descriptor.h"

#include "support/namespace.h"

namespace comcat::testing {

/// A network device (TUN) named `device` inside `machine`: what its owner writes arrives there, and
/// what is sent through it there is read here, a whole IP packet each time. Non-blocking. Invalid
/// where this user may not have one, or the kernel has none. Threads: any.
[[nodiscard]] base::FileDescriptor open_tun(const Namespace& machine, const std::string& device);

}  // namespace comcat::testing
