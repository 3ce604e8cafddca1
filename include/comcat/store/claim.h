#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "comcat/store/text.h"

namespace comcat::store {

/// A name that is held for somebody's devices. Threads: a plain value.
struct Claim {
  static constexpr std::size_t kMaxKeys = 16;

  std::string name;               // normal form; its base::comparison_key() is what is held
  std::vector<std::string> keys;  // public ones, base::kPublicKeyBytes each; 1 to kMaxKeys
  WallTime used{};                // when one of them was last there, to the day
};

}  // namespace comcat::store
