#include "support/screen.h"

#include <algorithm>
#include <cstdlib>

namespace comcat::testing {
namespace {

constexpr unsigned char kFirstOfWide = 0xE3;  // UTF-8 from U+3000 on

std::size_t bytes_of(unsigned char first) {
  if (first < 0xC0) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

}  // namespace

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
  const auto first = static_cast<unsigned char>(bytes[at]);
  const std::size_t width = first >= kFirstOfWide ? 2 : 1;
  if (column_ + width > columns_) {
    control('\n', 1);
    column_ = 0;
  }
  lines_[row_][column_] = bytes.substr(at, bytes_of(first));
  if (width == 2) lines_[row_][column_ + 1].clear();
  column_ += width;
  return bytes_of(first);
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
      if (row_ >= lines_.size()) lines_.resize(row_ + 1, Line(columns_, " "));
      break;
    case 'J':
      lines_.resize(row_ + 1);
      [[fallthrough]];
    case 'K':
      std::fill(lines_[row_].begin() + static_cast<std::ptrdiff_t>(column_), lines_[row_].end(),
                " ");
      break;
    default:
      break;
  }
}

std::vector<std::string> Screen::lines() const {
  std::vector<std::string> out;
  for (const Line& line : lines_) {
    std::string text;
    for (const std::string& character : line) text += character;
    out.push_back(text.substr(0, text.find_last_not_of(' ') + 1));
  }
  while (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

}  // namespace comcat::testing
