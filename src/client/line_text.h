#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Threads: any, but use_utf8(): before others begin.
namespace comcat::client {

/// What all of `words`, of which there is one at least, begin with: whole characters.
[[nodiscard]] std::string common_start(const std::vector<std::string>& words);

/// What terminals send for keys that edit nothing: PgUp, Insert, F1 and their like, and the arrows
/// with Shift, Alt or Ctrl.
[[nodiscard]] std::vector<std::string> unused_keys();

/// How many characters `text` is in this locale; malformed bytes are one each.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// How many columns `text` takes on a terminal of this locale.
[[nodiscard]] std::size_t width(std::string_view text);

/// The beginning of `text` that takes at most `columns`, with the marks upon its last character.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);

/// Where the cursor is on a terminal of this locale, between `before`, written from the first
/// column of a row, and `after`: rows below that row, and columns. A wide character that the last
/// column has no space for begins the next row, and so does the cursor after a full one. So does
/// what follows a line break: libedit shows what Ctrl+R looks for in a row of its own.
struct CursorPlace {
  std::size_t rows = 0;
  std::size_t column = 0;
};
[[nodiscard]] CursorPlace cursor_place(const std::string& before, const std::string& after,
                                       std::size_t columns);

/// What has a terminal know that a row goes on in the next one.
struct RowEnd {
  std::size_t row = 0;     // below the first
  std::size_t column = 0;  // where it is written
  std::string text;        // that its last column has, and the first character of the next row
};
/// The ends of those rows of `line`, written from the first column of a row, that libedit leaves as
/// if they were lines of their own: it writes neither blanks at a row's end nor wide characters
/// over it, but moves the cursor. A terminal that gets wider would not join such rows again.
[[nodiscard]] std::vector<RowEnd> unjoined_rows(std::string_view line, std::size_t columns);

/// The rows of cursor_place().
[[nodiscard]] std::size_t rows_above_cursor(const std::string& before, const std::string& after,
                                            std::size_t columns);

/// `text`, of whole lines, with those that are longer than a row broken between words, and within a
/// word that no row holds. All rows but the first are indented, so that nobody's text begins a row
/// as a line of ours does; a list's in two parts below the second, where that leaves it half of the
/// row, and else without the gap between them. An address longer than a row stays whole, for
/// whoever copies it: the terminal breaks it, and nothing follows it on its row.
[[nodiscard]] std::string broken_between_words(const std::string& text, std::size_t columns);

/// The same for the terminal that `fd` is; `text` as it is where that is none.
[[nodiscard]] std::string broken_for(int fd, const std::string& text);

/// Makes the locale's characters UTF-8: what a terminal of today speaks, even where LANG is not
/// set.
void use_utf8();

}  // namespace comcat::client
