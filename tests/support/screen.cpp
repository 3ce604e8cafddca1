#include "support/screen.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

namespace comcat::testing {
namespace {

constexpr unsigned char kFirstOfWide = 0xE3;  // UTF-8 from U+3000 on

std::size_t columns_of(const std::string& character) {
  return static_cast<unsigned char>(character.front()) >= kFirstOfWide ? 2 : 1;
}

std::size_t bytes_of(unsigned char first) {
  if (first < 0xC0) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

}  // namespace

void Screen::Line::erase_from(std::size_t column) {
  const std::size_t columns = cells.size();
  cells.resize(column);
  cells.resize(columns, " ");
  used = std::min(used, column);
  goes_on = false;
}

void Screen::write(const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    if (c == '\033') {
      at += sequence(bytes, at);
    } else if (static_cast<unsigned char>(c) >= ' ') {
      at += character(bytes, at);
    } else {
      control(c, 1);
      ++at;
    }
  }
}

std::size_t Screen::sequence(const std::string& bytes, std::size_t at) {
  if (bytes.compare(at, 2, "\033[") != 0) return 2;
  const std::size_t end = bytes.find_first_not_of("0123456789;?", at + 2);
  if (end == std::string::npos) return bytes.size() - at;
  const int count = std::atoi(bytes.c_str() + at + 2);
  control(bytes[end], static_cast<std::size_t>(std::max(count, 1)));
  return end + 1 - at;
}

std::size_t Screen::character(const std::string& bytes, std::size_t at) {
  const std::string text = bytes.substr(at, bytes_of(static_cast<unsigned char>(bytes[at])));
  put(text);
  return text.size();
}

void Screen::put(const std::string& character) {
  const std::size_t width = columns_of(character);
  if (column_ + width > columns_) {
    lines_[row_].goes_on = true;
    control('\n', 1);
    column_ = 0;
  }
  Line& line = lines_[row_];
  line.cells[column_] = character;
  if (width == 2) line.cells[column_ + 1].clear();
  column_ += width;
  line.used = std::max(line.used, column_);
}

void Screen::resize(std::size_t columns) {
  const std::vector<Line> old = std::exchange(lines_, {Line(columns)});
  const std::size_t cursor_row = std::exchange(row_, 0);
  const std::size_t cursor_column = std::exchange(column_, 0);
  columns_ = columns;
  std::pair<std::size_t, std::size_t> cursor;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const std::size_t end = i == cursor_row ? std::max(old[i].used, cursor_column) : old[i].used;
    for (std::size_t column = 0; column < end; ++column) {
      if (i == cursor_row && column == cursor_column) cursor = {row_, column_};
      if (!old[i].cells[column].empty()) put(old[i].cells[column]);
    }
    if (i == cursor_row && cursor_column == end) cursor = {row_, column_};
    if (old[i].goes_on || i + 1 == old.size()) continue;
    control('\n', 1);
    column_ = 0;
  }
  std::tie(row_, column_) = cursor;
}

void Screen::control(char kind, std::size_t count) {
  if (kind != '\n') column_ = std::min(column_, columns_ - 1);
  switch (kind) {
    case '\r':
      column_ = 0;
      break;
    case '\b':
    case 'D':
      column_ -= std::min(column_, count);
      break;
    case 'C':
      column_ = std::min(column_ + count, columns_ - 1);
      break;
    case 'A':
      row_ -= std::min(row_, count);
      break;
    case '\n':
    case 'B':
      row_ += count;
      if (row_ >= lines_.size()) lines_.resize(row_ + 1, Line(columns_));
      break;
    case 'J':
      lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(row_) + 1, lines_.end());
      [[fallthrough]];
    case 'K':
      lines_[row_].erase_from(column_);
      break;
    default:
      break;
  }
}

std::vector<std::string> Screen::lines() const {
  std::vector<std::string> out;
  for (const Line& line : lines_) {
    std::string text;
    for (const std::string& character : line.cells) text += character;
    out.push_back(text.substr(0, text.find_last_not_of(' ') + 1));
  }
  while (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

}  // namespace comcat::testing
