#include "styled.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include "comcat/base/unicode.h"
#include "comcat/client/console.h"

#include "shown_name.h"

namespace comcat::client {
namespace {

// Red, green, magenta and cyan; and of 256 those that contrast with black and white alike.
constexpr std::array kFew{"31", "32", "35", "36"};
constexpr std::array kMany{"38;5;32",  "38;5;34",  "38;5;36",  "38;5;98",
                           "38;5;130", "38;5;133", "38;5;160", "38;5;167"};

/// FNV-1a: the same on every machine.
std::uint32_t hash(std::string_view text) {
  std::uint32_t out = 2166136261U;
  for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 16777619U;
  return out;
}

std::string coloured(const std::string& text, const std::string& name, const Style& style) {
  const std::string shown = shown_name(name);
  std::string plain = without_isolates(shown);
  std::size_t at = text.find(shown);
  std::size_t size = shown.size();
  if (at == std::string::npos) at = text.find(plain), size = plain.size();
  if (at == std::string::npos) return text;
  const std::uint32_t number = hash(base::comparison_key(name));
  const char* const code =
      style.many_colours ? kMany[number % kMany.size()] : kFew[number % kFew.size()];
  return text.substr(0, at) + "\033[" + code + "m" + text.substr(at, size) + "\033[m" +
         text.substr(at + size);
}

}  // namespace

Style style_of_terminal(bool clock, bool bell) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  Style style{clock, bell && is_terminal, false, false};
  style.colour = can_edit_lines() && (no_colour == nullptr || *no_colour == '\0');
  style.many_colours = terminal != nullptr && std::string_view(terminal).ends_with("256color");
  return style;
}

std::string styled(const Report& report, const std::string& text, const Style& style,
                   absl::Time now, absl::TimeZone zone) {
  std::string out = text;
  if (style.colour && !report.subject.empty()) out = coloured(out, report.subject, style);
  if (style.clock && report.is_text) out = absl::FormatTime("[%H:%M] ", now, zone) + out;
  if (style.bell && report.is_for_you) out += '\a';
  return out;
}

}  // namespace comcat::client
