#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace comcat::testing {

/// What a terminal shows of a program's output, as xterm does it: UTF-8 text, of which East Asian
/// characters are two columns wide, carriage returns, line breaks, backspaces, and the sequences
/// that move the cursor or erase behind it. All else does nothing.
///
/// It has as many lines as are written to, so nothing scrolls away.
///
/// In one respect it does better, as VTE, kitty, foot and tmux do: where its width changes, what it
/// has broken itself is broken anew.
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void write(const std::string& bytes);

  void resize(std::size_t columns);

  /// Top to bottom, without spaces at a line's end or empty lines at the screen's.
  [[nodiscard]] std::vector<std::string> lines() const;

  [[nodiscard]] std::size_t cursor_row() const { return row_; }
  /// The number of columns where the last one is written, and the next character wraps.
  [[nodiscard]] std::size_t cursor_column() const { return column_; }

 private:
  struct Line {
    explicit Line(std::size_t columns) : cells(columns, " ") {}
    void erase_from(std::size_t column);
    std::vector<std::string> cells;  // a character a column; "" is a wide one's second
    std::size_t used = 0;            // columns that were written to
    bool goes_on = false;            // in the next line: the text did not fit
  };

  /// The bytes that the sequence or character at bytes[at] takes.
  std::size_t sequence(const std::string& bytes, std::size_t at);
  std::size_t character(const std::string& bytes, std::size_t at);
  void put(const std::string& character);
  void control(char kind, std::size_t count);

  std::size_t columns_;
  std::vector<Line> lines_{Line(columns_)};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

}  // namespace comcat::testing
