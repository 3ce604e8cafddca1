#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "comcat/store/text.h"

namespace comcat::store {

/// A name that is held for somebody's devices. Threads: a plain value.
struct Claim {
  static constexpr std::size_t kMaxKeys = 16;

  std::string name;  // normal form; its base::comparison_key() is what is held
  // Public ones, base::kPublicKeyBytes each; 1 to kMaxKeys. Of a name that is released, and only
  // remembered for servers that have not heard of it, none.
  std::vector<std::string> keys;
  WallTime used{};      // when one of them was last there, to the day
  WallTime claimed{};   // since when it is held
  WallTime released{};  // last, before that; 0: it never was
};

}  // namespace comcat::store
