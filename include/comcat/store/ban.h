#pragma once

#include <optional>
#include <string>

#include "comcat/store/text.h"

namespace comcat::store {

/// An address or a device from which nobody is let in. Threads: a plain value.
struct Ban {
  std::string
      address;       // as admission counts it: "192.0.2.1", "2001:db8::/64"; or a key's fingerprint
  std::string name;  // of whoever it was meant for; may be empty
  std::string because;             // safe text; may be empty
  std::string by;                  // who wanted it
  std::optional<WallTime> until;   // nothing: until it is lifted
  WallTime changed{};              // when it was made, or lifted
  bool lifted = false;             // and only remembered, for servers that have not heard of it
  std::optional<WallTime> kept{};  // until when it is remembered; nothing: for ever
};

}  // namespace comcat::store
