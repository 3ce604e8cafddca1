#include "comcat/base/unicode.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

#include "sequences.h"

namespace comcat::base {
namespace {

/// More rounds than any text needs until folding changes nothing.
constexpr int kMaxRounds = 8;

struct Free {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};

const std::uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

bool well_formed(std::string_view text) {
  return ::u8_check(bytes(text), text.size()) == nullptr;
}

/// What libunistring allocated; `otherwise` where it failed.
std::string owned(std::uint8_t* result, std::size_t size, std::string_view otherwise) {
  const std::unique_ptr<std::uint8_t, Free> owner(result);
  if (result == nullptr) return std::string(otherwise);
  return {reinterpret_cast<const char*>(result), size};
}

std::string folded(std::string_view text) {
  std::size_t size = 0;
  std::uint8_t* const result =
      ::u8_casefold(bytes(text), text.size(), nullptr, UNINORM_NFKC, nullptr, &size);
  return owned(result, size, text);
}

/// Calls `visit(code_point, its_bytes)` for each character of well-formed `text`.
template <typename Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    ucs4_t c = 0;
    const int length = ::u8_mbtouc(&c, bytes(text), text.size());
    visit(c, text.substr(0, static_cast<std::size_t>(length)));
    text.remove_prefix(static_cast<std::size_t>(length));
  }
}

/// Without what is invisible, but for the tags by which one flag is not another.
std::string without_invisible(std::string_view text) {
  std::string out;
  std::size_t flag_end = 0;
  for_each_character(text, [&](ucs4_t c, std::string_view written) {
    const auto at = static_cast<std::size_t>(written.data() - text.data());
    flag_end = std::max(flag_end, at + flag_bytes(text.substr(at)));
    if (at < flag_end || !::uc_is_property_default_ignorable_code_point(c)) out += written;
  });
  return out;
}

}  // namespace

std::string to_nfc(std::string_view text) {
  if (!well_formed(text)) return std::string(text);
  std::size_t size = 0;
  std::uint8_t* const result =
      ::u8_normalize(UNINORM_NFC, bytes(text), text.size(), nullptr, &size);
  return owned(result, size, text);
}

std::string comparison_key(std::string_view text) {
  std::string key(text);
  if (!well_formed(text)) return key;
  for (int round = 0; round < kMaxRounds; ++round) {
    std::string next = without_invisible(folded(key));
    if (next == key) break;
    key = std::move(next);
  }
  const auto both_spaces = [](char a, char b) { return a == ' ' && b == ' '; };
  key.erase(std::unique(key.begin(), key.end(), both_spaces), key.end());
  return key;
}

std::size_t count_graphemes(std::string_view text) {
  std::string begins(text.size(), '\0');  // for each byte, 1 where a cluster begins
  ::u8_grapheme_breaks(bytes(text), text.size(), begins.data());
  return static_cast<std::size_t>(std::count(begins.begin(), begins.end(), '\1'));
}

bool has_right_to_left(std::string_view text) {
  bool found = false;
  for_each_character(text, [&](ucs4_t c, std::string_view /*written*/) {
    const int direction = ::uc_bidi_class(c);
    found = found || direction == UC_BIDI_R || direction == UC_BIDI_AL || direction == UC_BIDI_AN;
  });
  return found;
}

}  // namespace comcat::base
