#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What Unicode says of a text as a whole, by libunistring. Threads: any. Malformed UTF-8 is taken
/// as it is: to_nfc() and comparison_key() return it unchanged.
namespace comcat::base {

/// Normal form C (UAX #15): what keyboards of macOS write with combining marks becomes what those
/// of others write.
[[nodiscard]] std::string to_nfc(std::string_view text);

/// Equal for two texts that people take for one: case, compatibility forms (fullwidth letters,
/// ligatures), invisible joiners and the number of spaces do not count. It is Unicode's
/// NFKC_Casefold (UAX #44) with each run of spaces as one; independent of the language. Not to be
/// shown. Letters of different scripts that look alike stay different.
[[nodiscard]] std::string comparison_key(std::string_view text);

/// What users call characters: extended grapheme clusters (UAX #29). Malformed bytes count as one
/// each.
[[nodiscard]] std::size_t count_graphemes(std::string_view text);

/// True where `text` holds a letter of a script that runs from right to left, so that a terminal
/// that reorders lines (UAX #9) would move what stands beside it.
[[nodiscard]] bool has_right_to_left(std::string_view text);

}  // namespace comcat::base
