#include "terminal_keys.h"

#include <string_view>
#include <utility>

namespace comcat::client {
namespace {

constexpr std::string_view kPasteBegins = "\033[200~";
constexpr std::string_view kPasteEnds = "\033[201~";

bool is_blank(const std::string& line) {
  return line.find_first_not_of(' ') == std::string::npos;
}

}  // namespace

void TerminalKeys::feed(char byte) {
  if (paste_) return feed_paste(byte);
  held_ += byte;
  if (held_ == kPasteBegins) {
    paste_.emplace();
    held_.clear();
  } else if (!kPasteBegins.starts_with(held_)) {
    // A key's own sequence; its last byte may begin another.
    const bool again = held_.size() > 1 && byte == kPasteBegins.front();
    if (again) held_.pop_back();
    give(std::exchange(held_, again ? std::string(1, byte) : ""));
  }
}

void TerminalKeys::feed_paste(char byte) {
  held_ += byte;
  if (held_ == kPasteEnds) {
    ready_.emplace_back(PastedText{std::move(*paste_)});
    paste_.reset();
    held_.clear();
  } else if (!kPasteEnds.starts_with(held_)) {
    const bool again = held_.size() > 1 && byte == kPasteEnds.front();
    if (again) held_.pop_back();
    if (paste_->size() + held_.size() <= kMaxPasteBytes) *paste_ += held_;
    held_ = again ? std::string(1, byte) : "";
  }
}

void TerminalKeys::give(const std::string& bytes) {
  for (const char byte : bytes) {
    wchar_t key = 0;
    const std::size_t used = std::mbrtowc(&key, &byte, 1, &state_);
    if (used == static_cast<std::size_t>(-2)) continue;  // more bytes of one character follow
    if (used == static_cast<std::size_t>(-1)) {
      state_ = {};
    } else {
      ready_.emplace_back(key);
    }
  }
}

std::optional<TerminalInput> TerminalKeys::take() {
  // An Esc that nothing has followed yet is the key itself soon enough: libedit waits for more,
  // too.
  if (ready_.empty()) return std::nullopt;
  TerminalInput out = std::move(ready_.front());
  ready_.pop_front();
  return out;
}

std::vector<std::string> lines_of_paste(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\r') {
      out.emplace_back();
    } else if (c == '\t') {
      out.back() += "    ";
    } else if (byte >= ' ' && byte != 0x7F) {
      out.back() += c;
    }
  }
  std::erase_if(out, is_blank);
  return out;
}

std::string say_command(const std::string& line) {
  const bool is_one = line.starts_with("say ") || line.starts_with("/say ");
  return is_one ? line : "say " + line;
}

}  // namespace comcat::client
