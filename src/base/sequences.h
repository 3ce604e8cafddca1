#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Characters that are invisible by themselves and belong to the one before them. Threads: any.

namespace comcat::base {

/// The bytes of the flag of a part of a country that `text` begins with, as England's and
/// Scotland's: a black flag, its code in tags, and the end of it (UTS #51, ED-14a). 0 where it
/// begins with none. Tags elsewhere are text that nobody sees.
[[nodiscard]] std::size_t flag_bytes(std::string_view text);

/// True for what chooses a form of the character before it: of an ideograph, as Japanese and
/// Chinese names are written with, or of a Mongolian letter.
[[nodiscard]] bool is_selector(std::uint32_t c);

/// True where the selector `c` has something to choose after `before`.
[[nodiscard]] bool selects(std::uint32_t before, std::uint32_t c);

}  // namespace comcat::base
