#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "comcat/server/payload.h"

namespace comcat::server {

inline Payload payload(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// The parts of a message, parted by '|'.
inline std::string joined(std::span<const Payload> parts) {
  std::string out;
  for (const Payload& part : parts) out += (out.empty() ? "" : "|") + *part;
  return out;
}

}  // namespace comcat::server
