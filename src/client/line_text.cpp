#include "line_text.h"

#include <algorithm>
#include <clocale>
#include <cstring>
#include <cwchar>

#include <langinfo.h>

#include "comcat/client/command.h"

namespace comcat::client {

std::vector<std::string> completions(const std::string& start) {
  std::vector<std::string> out;
  for (const std::string& word : command_words()) {
    if (word.compare(0, start.size(), start) == 0) out.push_back(word);
  }
  return out;
}

std::string common_start(const std::vector<std::string>& words) {
  std::string out = words.front();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < out.size() && same < word.size() && out[same] == word[same]) ++same;
    out.resize(same);
  }
  return out;
}

std::size_t display_columns(const std::string& text) {
  std::mbstate_t state{};
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    wchar_t c = 0;
    const std::size_t used = std::mbrtowc(&c, text.data() + at, text.size() - at, &state);
    if (used == 0 || used > text.size() - at) return columns + (text.size() - at);
    columns += static_cast<std::size_t>(std::max(0, ::wcwidth(c)));
    at += used;
  }
  return columns;
}

void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace comcat::client
