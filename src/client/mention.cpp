#include "mention.h"

#include "comcat/base/unicode.h"

namespace comcat::client {
namespace {

/// A byte of a word: a digit, a letter, or part of a character beyond ASCII.
bool is_of_a_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

}  // namespace

bool names(const std::string& text, const std::string& name) {
  const std::string all = base::comparison_key(text);
  const std::string key = base::comparison_key(name);
  if (key.empty()) return false;
  for (std::size_t at = all.find(key); at != std::string::npos; at = all.find(key, at + 1)) {
    const std::size_t end = at + key.size();
    const bool begins = at == 0 || !is_of_a_word(all[at - 1]) || !is_of_a_word(key.front());
    const bool ends = end == all.size() || !is_of_a_word(all[end]) || !is_of_a_word(key.back());
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace comcat::client
