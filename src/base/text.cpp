#include "comcat/base/text.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include <unictype.h>

#include "sequences.h"

namespace comcat::base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Decoded {
  std::uint32_t code_point = 0;
  std::size_t length_bytes = 1;
  bool valid = false;
};

/// The first character of non-empty `text` (the well-formed sequences of RFC 3629 section 4).
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  std::size_t length = 0;
  std::uint32_t code_point = 0;
  std::uint32_t smallest = 0;
  if ((lead & 0xE0) == 0xC0) {
    length = 2, code_point = lead & 0x1FU, smallest = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    length = 3, code_point = lead & 0x0FU, smallest = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    length = 4, code_point = lead & 0x07U, smallest = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code_point = (code_point << 6) | (byte(i) & 0x3FU);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < smallest || code_point > 0x10FFFF || surrogate) return {};
  return {code_point, length, true};
}

bool in(std::uint32_t c, std::uint32_t first, std::uint32_t last) {
  return c >= first && c <= last;
}

bool is_safe(std::uint32_t c) {
  if (c < 0x20 || in(c, 0x7F, 0x9F)) return false;
  if (c == 0xAD || c == 0x034F || c == 0x061C || in(c, 0x17B4, 0x17B5)) return false;  // invisible
  if (in(c, 0x180B, 0x180F) || in(c, 0x13430, 0x1345F)) return false;
  if (in(c, 0x1BCA0, 0x1BCA3) || in(c, 0x1D173, 0x1D17A)) return false;
  if (in(c, 0x115F, 0x1160) || c == 0x3164 || c == 0xFFA0) return false;  // blank letters
  if (in(c, 0x200B, 0x200F) || in(c, 0x2028, 0x202E) || in(c, 0x2060, 0x206F)) return false;
  if (in(c, 0xFE00, 0xFE0F) || c == 0xFEFF || in(c, 0xFFF0, 0xFFFB)) return false;
  if (in(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE) return false;         // noncharacters
  return !in(c, 0xE0000, 0xE0FFF) && !in(c, 0xE000, 0xF8FF) && c < 0xF0000;  // tags, private use
}

/// What joins letters and emoji or chooses how they look; invisible otherwise.
bool is_joiner(std::uint32_t c) {
  return in(c, 0x200C, 0x200D) || in(c, 0xFE0E, 0xFE0F);
}

/// What is shown, or left out, as a whole: mostly one character.
struct Unit {
  std::uint32_t code_point = 0;  // the first
  std::size_t length_bytes = 1;
  bool safe = false;
};

/// The first of non-empty `text`, which comes after the character `before`.
Unit unit_of(std::string_view text, std::uint32_t before, Joiners joiners) {
  const Decoded next = decode(text);
  Unit out{next.code_point, next.length_bytes, next.valid && is_safe(next.code_point)};
  if (joiners == Joiners::kRefused || !next.valid) return out;
  if (const std::size_t flag = flag_bytes(text); flag > 0) out.length_bytes = flag;
  out.safe = out.safe || is_joiner(out.code_point) || selects(before, out.code_point);
  return out;
}

/// Counts the marks that stand upon one letter.
class Marks {
 public:
  /// True where `c` is one too many.
  bool add(std::uint32_t c) {
    // Nothing that a mark could stand upon.
    if (c == 0x200C || c == 0x200D || is_selector(c)) return false;
    constexpr std::uint32_t kFirst = 0x300;
    const bool is_mark = c >= kFirst && ::uc_is_general_category_withtable(
                                            c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me);
    count_ = is_mark ? count_ + 1 : 0;
    return count_ > kMaxMarksInText;
  }

 private:
  std::size_t count_ = 0;
};

}  // namespace

bool is_safe_text(std::string_view text, Joiners joiners) {
  Marks marks;
  for (std::uint32_t before = 0; !text.empty();) {
    const Unit next = unit_of(text, before, joiners);
    if (!next.safe || marks.add(next.code_point)) return false;
    text.remove_prefix(next.length_bytes);
    before = next.code_point;
  }
  return true;
}

std::string safe_text(std::string_view text, std::size_t max_bytes, Joiners joiners) {
  std::string out;
  Marks marks;
  for (std::uint32_t before = 0; !text.empty();) {
    const Unit next = unit_of(text, before, joiners);
    const std::string_view shown = next.safe ? text.substr(0, next.length_bytes) : kReplacement;
    text.remove_prefix(next.length_bytes);
    before = next.code_point;
    if (marks.add(next.safe ? next.code_point : 0)) continue;
    if (out.size() + shown.size() > max_bytes) break;
    out += shown;
  }
  return out;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace comcat::base
