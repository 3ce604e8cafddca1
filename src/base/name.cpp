#include "comcat/base/name.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "sequences.h"

namespace comcat::base {
namespace {

constexpr ucs4_t kNonJoiner = 0x200C;
constexpr ucs4_t kJoiner = 0x200D;
constexpr ucs4_t kTextStyle = 0xFE0E;
constexpr ucs4_t kEmojiStyle = 0xFE0F;
constexpr ucs4_t kEmptyBraille = 0x2800;
constexpr ucs4_t kBlackFlag = 0x1F3F4;

using Characters = std::vector<ucs4_t>;

bool in(ucs4_t c, ucs4_t first, ucs4_t last) {
  return c >= first && c <= last;
}

/// False where `text` is malformed. The flag of a part of a country is its first character.
bool decode(std::string_view text, Characters& out) {
  while (!text.empty()) {
    if (const std::size_t flag = flag_bytes(text); flag > 0) {
      out.push_back(kBlackFlag);
      text.remove_prefix(flag);
      continue;
    }
    ucs4_t c = 0;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const int length = ::u8_mbtoucr(&c, bytes, text.size());
    if (length <= 0) return false;
    out.push_back(c);
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return true;
}

bool is_mark(ucs4_t c) {
  return ::uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);
}

bool is_nonspacing(ucs4_t c) {
  return ::uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me);
}

/// The conjoining ones, which have become syllables in normal form C where they can (RFC 8264,
/// section 9.9).
bool is_jamo(ucs4_t c) {
  return in(c, 0x1100, 0x11FF) || in(c, 0xA960, 0xA97C) || in(c, 0xD7B0, 0xD7FB);
}

/// Emoji that are newer than libunistring are kept: Unicode has reserved their places.
bool is_unassigned(ucs4_t c) {
  return ::uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cn) &&
         !::uc_is_property_extended_pictographic(c);
}

bool is_visible(ucs4_t c) {
  constexpr std::uint32_t kRefused = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                     UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Z;
  if (c == ' ') return true;
  return !::uc_is_general_category_withtable(c, kRefused) && !is_unassigned(c) && !is_jamo(c) &&
         !::uc_is_property_default_ignorable_code_point(c) && c != kEmptyBraille &&
         !in(c, 0xFFF0, 0xFFFD);
}

bool is_joiner(ucs4_t c) {
  return c == kNonJoiner || c == kJoiner || c == kTextStyle || c == kEmojiStyle || is_selector(c);
}

bool after_virama(const Characters& text, std::size_t at) {
  return at > 0 && ::uc_combining_class(static_cast<ucs4_t>(text[at - 1])) == UC_CCC_VR;
}

/// RFC 5892, A.1: (L|D) T* here T* (R|D), by joining types.
bool between_joining_letters(const Characters& text, std::size_t at) {
  const auto transparent = [](ucs4_t c) { return ::uc_joining_type(c) == UC_JOINING_TYPE_T; };
  std::size_t before = at;
  while (before > 0 && transparent(text[before - 1])) --before;
  std::size_t after = at + 1;
  while (after < text.size() && transparent(text[after])) ++after;
  if (before == 0 || after == text.size()) return false;
  const int left = ::uc_joining_type(text[before - 1]);
  const int right = ::uc_joining_type(text[after]);
  return (left == UC_JOINING_TYPE_L || left == UC_JOINING_TYPE_D) &&
         (right == UC_JOINING_TYPE_R || right == UC_JOINING_TYPE_D);
}

/// An emoji ZWJ sequence (UTS #51): skin tone and style may stand between an emoji and its joiner.
bool between_emoji(const Characters& text, std::size_t at) {
  if (at + 1 == text.size() || !::uc_is_property_extended_pictographic(text[at + 1])) return false;
  while (at > 0 && (text[at - 1] == kEmojiStyle || ::uc_is_property_emoji_modifier(text[at - 1]))) {
    --at;
  }
  return at > 0 && ::uc_is_property_extended_pictographic(text[at - 1]);
}

bool joins(const Characters& text, std::size_t at) {
  if (is_selector(text[at])) return at > 0 && selects(text[at - 1], text[at]);
  switch (text[at]) {
    case kNonJoiner:
      return after_virama(text, at) || between_joining_letters(text, at);
    case kJoiner:
      return after_virama(text, at) || between_emoji(text, at);
    default:
      return at > 0 && ::uc_is_property_emoji(text[at - 1]);
  }
}

bool has_mark_on_nothing(const Characters& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_mark(text[i]) && (i == 0 || text[i - 1] == ' ')) return true;
  }
  return false;
}

bool has_too_many_marks(const Characters& text) {
  std::size_t marks = 0;
  return std::any_of(text.begin(), text.end(), [&](ucs4_t c) {
    marks = is_nonspacing(c) ? marks + 1 : 0;
    return marks > kMaxMarks;
  });
}

bool is_of_words(ucs4_t c) {
  constexpr std::u32string_view kInWords = U" -_.'\u2019\u00B7";
  constexpr std::uint32_t kWords = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Nd;
  if (kInWords.find(static_cast<char32_t>(c)) != std::u32string_view::npos) return true;
  if (::uc_is_general_category_withtable(c, kWords) || is_joiner(c)) return true;
  return c > 0x7F && ::uc_is_property_emoji(c);
}

}  // namespace

bool is_words(std::string_view text) {
  Characters characters;
  return decode(text, characters) && text.find("  ") == std::string_view::npos &&
         std::all_of(characters.begin(), characters.end(), is_of_words);
}

std::string_view name_fault(std::string_view text) {
  constexpr std::string_view kInvisible = "holds control, invisible or malformed characters";
  Characters characters;
  if (!decode(text, characters)) return kInvisible;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (is_joiner(characters[i])) {
      if (!joins(characters, i)) return "holds an invisible joiner where nothing is to be joined";
    } else if (!is_visible(characters[i])) {
      return kInvisible;
    }
  }
  if (has_mark_on_nothing(characters)) return "holds an accent or mark without a letter below it";
  if (has_too_many_marks(characters)) return "holds more than 4 marks on one letter";
  return {};
}

}  // namespace comcat::base
