#include "line_text.h"

#include <algorithm>
#include <clocale>
#include <cstring>
#include <cwchar>
#include <string_view>

#include <langinfo.h>
#include <sys/ioctl.h>

namespace comcat::client {
namespace {

struct Character {
  std::string_view bytes;
  std::size_t columns = 0;
};

/// The bytes of the change of colour that begins at `at`; 0 where none does. Only our own are ever
/// in a text: those of others have no control characters.
std::size_t colour_at(std::string_view text, std::size_t at) {
  if (text.compare(at, 2, "\033[") != 0) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", at + 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 - at : 0;
}

/// The characters of `text`; the bytes from a malformed one on are one each.
std::vector<Character> characters(std::string_view text) {
  std::vector<Character> out;
  std::mbstate_t state{};
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t bytes = colour_at(text, at); bytes > 0) {
      out.push_back({text.substr(at, bytes), 0});
      at += bytes;
      continue;
    }
    wchar_t c = 0;
    const std::size_t used = std::mbrtowc(&c, text.data() + at, text.size() - at, &state);
    if (used == 0 || used > text.size() - at) {
      for (; at < text.size(); ++at) out.push_back({text.substr(at, 1), 1});
      break;
    }
    out.push_back({text.substr(at, used), static_cast<std::size_t>(std::max(0, ::wcwidth(c)))});
    at += used;
  }
  return out;
}

/// True where `word` may be an address that somebody copies (the characters of RFC 3986).
bool is_address(std::string_view word) {
  constexpr std::string_view kMarks = "-._~:/?#[]@!$&'()*+,;=%";
  return std::ranges::all_of(word, [&](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

/// A line that is written over several rows.
class Rows {
 public:
  Rows(std::size_t columns, std::size_t indent, std::string& out)
      : columns_(columns), indent_(std::min(indent, columns / 2), ' '), out_(out) {}

  void add(std::string_view spaces, std::string_view word) {
    const std::size_t word_columns = width(word);
    // A word that no row holds begins on this one, unless it is to stay whole.
    const bool moves = indent_.size() + word_columns <= columns_ || is_address(word);
    if (column_ > 0 && column_ + spaces.size() + (moves ? word_columns : 0) > columns_) {
      begin_row();
    } else {
      out_ += spaces;
      column_ += spaces.size();
    }
    if (column_ + word_columns <= columns_) {
      out_ += word;
      column_ += word_columns;
    } else if (is_address(word)) {
      out_ += word;
      column_ = columns_;  // the terminal has broken it: nothing else follows on that row
    } else {
      add_in_parts(word);
    }
  }

 private:
  void begin_row() {
    out_ += "\n" + indent_;
    column_ = indent_.size();
  }
  void add_in_parts(std::string_view word) {
    for (const Character& character : characters(word)) {
      if (column_ + character.columns > columns_) begin_row();
      out_ += character.bytes;
      column_ += character.columns;
    }
  }

  const std::size_t columns_;
  const std::string indent_;
  std::string& out_;
  std::size_t column_ = 0;
};

/// How a line of a list is laid out, and any other. A list's begins with blanks, and may have two
/// parts with a gap between them: a word, and what it does.
struct Layout {
  std::size_t most_blanks = 0;  // in a row of them
  std::size_t indent = 0;       // of all rows but the first
};

Layout layout_of(std::string_view line, std::size_t columns) {
  constexpr std::size_t kIndent = 2;
  const std::size_t most = columns / 2;
  const std::size_t own = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = own == 0 ? std::string_view::npos : line.find("  ", own);
  if (own > most) return {2 * kIndent, 2 * kIndent};
  if (gap == std::string_view::npos) return {line.size(), own + kIndent};
  const std::size_t second =
      width(line.substr(0, std::min(line.find_first_not_of(' ', gap), line.size())));
  if (second > most) return {kIndent, own + kIndent};
  return {line.size(), second};
}

void append_broken(std::string_view line, std::size_t columns, std::string& out) {
  const Layout layout = layout_of(line, columns);
  Rows rows(columns, layout.indent, out);
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t word = line.find_first_not_of(' ', at);
    if (word == std::string_view::npos) return;  // blanks at the end are not seen
    const std::size_t end = std::min(line.find(' ', word), line.size());
    rows.add(line.substr(at, std::min(word - at, layout.most_blanks)),
             line.substr(word, end - word));
    at = end;
  }
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return characters(text).size();
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (const Character& character : characters(text)) columns += character.columns;
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  constexpr std::string_view kJoiner = "\u200D";  // of an emoji that is no longer joined
  std::size_t bytes = 0;
  for (const Character& character : characters(text)) {
    if (character.columns > columns) break;
    columns -= character.columns;
    bytes += character.bytes.size();
  }
  text = text.substr(0, bytes);
  while (text.ends_with(kJoiner)) text.remove_suffix(kJoiner.size());
  return std::string(text);
}

std::string broken_between_words(const std::string& text, std::size_t columns) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    append_broken(std::string_view(text).substr(at, end - at), columns, out);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

std::string broken_for(int fd, const std::string& text) {
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? broken_between_words(text, size.ws_col) : text;
}

std::string common_start(const std::vector<std::string>& words) {
  std::string out = words.front();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < out.size() && same < word.size() && out[same] == word[same]) ++same;
    out.resize(same);
  }
  const std::string& first = words.front();
  while (out.size() < first.size() && (first[out.size()] & 0xC0) == 0x80) out.pop_back();
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

CursorPlace cursor_place(const std::string& before, const std::string& after, std::size_t columns) {
  std::size_t rows = 0;
  std::size_t column = 0;
  for (const Character& character : characters(before)) {
    if (character.bytes == "\n") {
      ++rows;
      column = 0;
    }
    if (column + character.columns > columns) {
      ++rows;
      column = 0;
    }
    column += character.columns;
    if (column == columns) {
      ++rows;
      column = 0;
    }
  }
  const std::vector<Character> next = characters(after);
  if (!next.empty() && column + next.front().columns > columns) {
    ++rows;
    column = 0;
  }
  return {rows, column};
}

std::vector<RowEnd> unjoined_rows(std::string_view line, std::size_t columns) {
  std::vector<RowEnd> out;
  std::size_t row = 0;
  std::size_t column = 0;
  std::string_view last;  // the row's last character so far
  for (const Character& character : characters(line)) {
    if (column + character.columns > columns) {
      if (column < columns) {
        out.push_back({row, column, std::string(character.bytes)});
      } else if (last == " ") {
        out.push_back({row, column - 1, " " + std::string(character.bytes)});
      }
      ++row;
      column = 0;
    }
    column += character.columns;
    last = character.bytes;
  }
  if (column == columns && last == " ") out.push_back({row, column - 1, "  "});
  return out;
}

std::size_t rows_above_cursor(const std::string& before, const std::string& after,
                              std::size_t columns) {
  return cursor_place(before, after, columns).rows;
}

void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace comcat::client
