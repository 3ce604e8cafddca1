#pragma once

#include <cstddef>
#include <string_view>

namespace comcat::base {

/// Nonspacing marks that may stand upon one letter of a name. Vietnamese needs two, pointed Hebrew
/// three; more grows over the lines above and below.
inline constexpr std::size_t kMaxMarks = 4;

/// What keeps `text`, in normal form C (to_nfc()), from being a name that people can tell from
/// others by sight and a terminal can show, as the rest of a sentence ("the name " ...), safe to
/// print; empty where nothing does. Threads: any.
///
/// Refused    malformed UTF-8; controls; what is invisible (default ignorable, formats, tags) or of
///            no common meaning (private use, unassigned, noncharacters, conjoining jamo that make
///            no syllable); every blank but U+0020; marks on nothing, or more than kMaxMarks.
/// Joiners    U+200C and U+200D where RFC 5892 (appendix A.1, A.2) has them: after a virama, and
///            U+200C between letters that would join. U+200D between emoji, and U+FE0E or U+FE0F
///            after one. Selectors of a form after an ideograph or a Mongolian letter that has
///            some, and tags in the flag of a part of a country. Elsewhere they are invisible, and
///            refused.
[[nodiscard]] std::string_view name_fault(std::string_view text);

/// True where `text` is words: letters with their marks, decimal digits, emoji, single spaces
/// between them, and - _ . ' and what stands for an apostrophe or a dot in words (U+2019, U+00B7).
/// Where it is not, it may be taken for a part of the line that it stands in. Threads: any.
[[nodiscard]] bool is_words(std::string_view text);

}  // namespace comcat::base
