#pragma once

#include <memory>
#include <string>

namespace comcat::server {

/// The bytes of one serialised ServerRES, shared by everyone they are sent to. Threads: any; the
/// bytes never change.
using Payload = std::shared_ptr<const std::string>;

}  // namespace comcat::server
