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
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void write(const std::string& bytes);

  /// Top to bottom, without spaces at a line's end or empty lines at the screen's.
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  using Line = std::vector<std::string>;  // a character a column; "" is a wide one's second

  /// The bytes that the sequence or character at bytes[at] takes.
  std::size_t sequence(const std::string& bytes, std::size_t at);
  std::size_t character(const std::string& bytes, std::size_t at);
  void control(char kind, std::size_t count);

  std::size_t columns_;
  std::vector<Line> lines_{Line(columns_, " ")};
  std::size_t row_ = 0;
  std::size_t column_ = 0;  // columns_: the last one is written, and the next character wraps
};

}  // namespace comcat::testing
