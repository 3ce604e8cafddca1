#include "sequences.h"

#include <unictype.h>
#include <unistr.h>

namespace comcat::base {
namespace {

constexpr std::string_view kBlackFlag = "\U0001F3F4";
constexpr ucs4_t kTags = 0xE0000;  // those of ASCII are there in the same order
constexpr ucs4_t kEndOfTags = 0xE007F;
constexpr std::size_t kCountryLetters = 2;
constexpr std::size_t kMaxCode = 5;  // of the country and its part

bool in(std::uint32_t c, std::uint32_t first, std::uint32_t last) {
  return c >= first && c <= last;
}

bool is_mongolian_letter(std::uint32_t c) {
  return in(c, 0x1820, 0x18AA);
}

}  // namespace

std::size_t flag_bytes(std::string_view text) {
  if (!text.starts_with(kBlackFlag)) return 0;
  std::size_t at = kBlackFlag.size();
  for (std::size_t code = 0; at < text.size(); ++code) {
    ucs4_t c = 0;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data() + at);
    const int length = ::u8_mbtoucr(&c, bytes, text.size() - at);
    if (length <= 0) return 0;
    at += static_cast<std::size_t>(length);
    if (c == kEndOfTags) return code > kCountryLetters ? at : 0;
    const bool is_letter = in(c, kTags + 'a', kTags + 'z');
    const bool is_digit = in(c, kTags + '0', kTags + '9') && code >= kCountryLetters;
    if (code == kMaxCode || (!is_letter && !is_digit)) return 0;
  }
  return 0;
}

bool is_selector(std::uint32_t c) {
  return in(c, 0xFE00, 0xFE02) || in(c, 0xE0100, 0xE01EF) || in(c, 0x180B, 0x180F);
}

bool selects(std::uint32_t before, std::uint32_t c) {
  if (in(c, 0x180B, 0x180F)) return is_mongolian_letter(before);
  return is_selector(c) && ::uc_is_property_unified_ideograph(before);
}

}  // namespace comcat::base
