#include "line_text.h"

#include <algorithm>
#include <clocale>
#include <cstring>
#include <cwchar>
#include <numeric>

#include <langinfo.h>

#include "comcat/client/command.h"

namespace comcat::client {
namespace {

/// The columns of each character; of each byte from a malformed one on.
std::vector<std::size_t> widths(const std::string& text) {
  std::vector<std::size_t> out;
  std::mbstate_t state{};
  for (std::size_t at = 0; at < text.size();) {
    wchar_t c = 0;
    const std::size_t used = std::mbrtowc(&c, text.data() + at, text.size() - at, &state);
    if (used == 0 || used > text.size() - at) {
      out.resize(out.size() + (text.size() - at), 1);
      break;
    }
    out.push_back(static_cast<std::size_t>(std::max(0, ::wcwidth(c))));
    at += used;
  }
  return out;
}

std::size_t width(const std::string& text) {
  const std::vector<std::size_t> all = widths(text);
  return std::accumulate(all.begin(), all.end(), std::size_t{0});
}

void append_broken(const std::string& line, std::size_t columns, std::string& out) {
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t word = std::min(line.find_first_not_of(' ', at), line.size());
    const std::size_t end = std::min(line.find(' ', word), line.size());
    const std::size_t spaces = word - at;
    const std::size_t word_columns = width(line.substr(word, end - word));
    if (column > 0 && column + spaces + word_columns > columns) {
      out += "\n" + line.substr(word, end - word);
      column = word_columns;
    } else {
      out += line.substr(at, end - at);
      column += spaces + word_columns;
    }
    if (column > columns) column %= columns;  // the terminal has broken the word
    at = end;
  }
}

}  // namespace

std::string broken_between_words(const std::string& text, std::size_t columns) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    append_broken(text.substr(at, end - at), columns, out);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

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

std::vector<std::string> unused_keys() {
  std::vector<std::string> out{"\033[Z"};  // Shift+Tab
  const std::string start = "\033[";
  for (const char f1_to_f4 : {'P', 'Q', 'R', 'S'}) out.push_back(std::string("\033O") + f1_to_f4);
  for (const char f1_to_f5 : {'A', 'B', 'C', 'D', 'E'}) {
    out.push_back(start + "[" + f1_to_f5);  // of Linux's console
  }
  // Insert, PgUp, PgDn, F1 to F20.
  const std::vector<int> numbers{2,  5,  6,  11, 12, 13, 14, 15, 17, 18, 19, 20,
                                 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34};
  for (const int number : numbers) out.push_back(start + std::to_string(number) + "~");
  // With Shift (2), Alt (3), Ctrl (5) and more of them at once.
  for (char held = '2'; held <= '8'; ++held) {
    out.push_back(start + "3;" + held + "~");  // Delete
    for (const int number : numbers)
      out.push_back(start + std::to_string(number) + ";" + held + "~");
    for (const char key : {'A', 'B', 'C', 'D', 'F', 'H', 'P', 'Q', 'R', 'S'}) {
      out.push_back(start + "1;" + held + key);  // the arrows, End, Home, F1 to F4
    }
  }
  return out;
}

std::size_t rows_above_cursor(const std::string& before, const std::string& after,
                              std::size_t columns) {
  std::size_t rows = 0;
  std::size_t column = 0;
  for (const std::size_t width : widths(before)) {
    if (column + width > columns) {
      ++rows;
      column = 0;
    }
    column += width;
    if (column == columns) {
      ++rows;
      column = 0;
    }
  }
  const std::vector<std::size_t> next = widths(after);
  if (!next.empty() && column + next.front() > columns) ++rows;
  return rows;
}

void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace comcat::client
