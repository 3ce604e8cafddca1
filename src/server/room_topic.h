#pragma once

#include <string>

namespace comcat::server {

/// The key of a room as a word that may stand in a subject, whatever is in it.
[[nodiscard]] inline std::string room_topic(const std::string& key) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : key) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 0xF];
  }
  return out;
}

}  // namespace comcat::server
