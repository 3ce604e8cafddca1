#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Threads: any, for all of it.

namespace comcat::base {

/// U+200C, U+200D, U+FE0E and U+FE0F, invisible themselves: Persian words and emoji are written
/// with them, and names that differ in nothing else would look the same. So are, where they belong
/// to the character before them, selectors of an ideograph's or a Mongolian letter's form, and the
/// tags that make a flag England's.
enum class Joiners { kRefused, kKept };

/// Nonspacing marks that may stand upon one letter of a text. Tibetan and pointed Hebrew with its
/// accents have up to six; hundreds grow over the lines above and below.
inline constexpr std::size_t kMaxMarksInText = 8;

/// True when `text` is well-formed UTF-8 (RFC 3629) in which every character may go to a terminal:
/// no C0 or C1 control, DEL, line or paragraph separator, bidirectional override or isolate
/// (U+200E-200F, U+202A-202E, U+2066-2069), invisible character, noncharacter or byte order mark,
/// and no letter has more than kMaxMarksInText marks.
[[nodiscard]] bool is_safe_text(std::string_view text, Joiners joiners = Joiners::kRefused);

/// `text` with every byte or character that is_safe_text() forbids replaced by U+FFFD, without the
/// marks that are too many, cut to at
/// most `max_bytes` at a character boundary. For whatever the network sent and a person will see.
[[nodiscard]] std::string safe_text(std::string_view text, std::size_t max_bytes = 512,
                                    Joiners joiners = Joiners::kRefused);

/// How many bytes must be changed, left out or added to make `b` of `a` (Levenshtein), for hints at
/// what was meant. Takes time and memory for a.size() x b.size(): for short words.
[[nodiscard]] std::size_t edit_distance(const std::string& a, const std::string& b);

}  // namespace comcat::base
