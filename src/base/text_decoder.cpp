#include "comcat/base/text_decoder.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <unistr.h>

namespace comcat::base {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kLittleMark = "\xFF\xFE";
constexpr std::string_view kBigMark = "\xFE\xFF";
constexpr const char* kReplacement = "\xEF\xBF\xBD";

void append_utf8(char32_t c, std::string& out) {
  std::array<std::uint8_t, 4> bytes{};
  const int used = ::u8_uctomb(bytes.data(), c, static_cast<ptrdiff_t>(bytes.size()));
  if (used > 0) out.append(bytes.begin(), bytes.begin() + used);
}

}  // namespace

bool TextDecoder::recognise() {
  const auto begins_with = [&](std::string_view mark) { return held_.starts_with(mark); };
  if (begins_with(kLittleMark)) {
    encoding_ = Encoding::kUtf16Little;
  } else if (begins_with(kBigMark)) {
    encoding_ = Encoding::kUtf16Big;
  } else if (held_.size() < 2) {
    return false;
  } else if (held_[0] == '\0') {
    encoding_ = Encoding::kUtf16Big;
  } else {
    encoding_ = held_[1] == '\0' ? Encoding::kUtf16Little : Encoding::kUtf8;
  }
  return true;
}

std::string TextDecoder::without_marks(std::string decoded, bool is_last) {
  const std::string text = std::exchange(maybe_mark_, {}) + std::move(decoded);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    if (line_begins_ && rest.starts_with(kUtf8Mark)) {
      at += kUtf8Mark.size();
      continue;
    }
    if (line_begins_ && !is_last && kUtf8Mark.starts_with(rest)) {
      maybe_mark_ = rest;
      break;
    }
    const std::size_t end = rest.find_first_of("\r\n");
    line_begins_ = end != std::string_view::npos;
    const std::string_view line = rest.substr(0, line_begins_ ? end + 1 : rest.size());
    out += line;
    at += line.size();
  }
  return out;
}

void TextDecoder::append_unit(char16_t unit, std::string& out) {
  const bool is_high = unit >= 0xD800 && unit < 0xDC00;
  const bool is_low = unit >= 0xDC00 && unit < 0xE000;
  const char16_t high = std::exchange(high_surrogate_, is_high ? unit : char16_t{0});
  if (high != 0 && is_low) {
    append_utf8(0x10000 + (char32_t{high} - 0xD800) * 0x400 + (char32_t{unit} - 0xDC00), out);
    return;
  }
  if (high != 0 || is_low) out += kReplacement;
  if (!is_high && !is_low) append_utf8(unit, out);
}

void TextDecoder::append_utf16(std::string& out) {
  const std::size_t first = encoding_ == Encoding::kUtf16Little ? 0 : 1;  // the low byte's place
  std::size_t at = 0;
  for (; at + 1 < held_.size(); at += 2) {
    const auto low = static_cast<unsigned char>(held_[at + first]);
    const auto high = static_cast<unsigned char>(held_[at + 1 - first]);
    append_unit(static_cast<char16_t>(high << 8 | low), out);
  }
  held_.erase(0, at);
}

std::string TextDecoder::decode(std::string_view bytes) {
  held_ += bytes;
  if (encoding_ == Encoding::kUnknown && !recognise()) return {};
  if (encoding_ == Encoding::kUtf8) return without_marks(std::exchange(held_, {}), false);
  std::string out;
  append_utf16(out);
  return without_marks(std::move(out), false);
}

std::string TextDecoder::finish() {
  const bool broken_off = std::exchange(high_surrogate_, char16_t{0}) != 0;
  const bool is_utf16 = encoding_ == Encoding::kUtf16Little || encoding_ == Encoding::kUtf16Big;
  const std::string rest = std::exchange(held_, {});
  const bool is_broken = is_utf16 && (broken_off || !rest.empty());
  return without_marks(is_broken ? kReplacement : rest, true);
}

std::string decode_text(std::string_view bytes) {
  TextDecoder decoder;
  std::string out = decoder.decode(bytes);
  return out + decoder.finish();
}

}  // namespace comcat::base
