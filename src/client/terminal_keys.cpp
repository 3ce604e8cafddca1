#include "terminal_keys.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "absl/strings/str_replace.h"

namespace comcat::client {
namespace {

constexpr std::string_view kPasteBegins = "\033[200~";
constexpr std::string_view kPasteEnds = "\033[201~";

constexpr std::string_view kStart = "\033[";
constexpr std::size_t kMostBytes = 32;  // of a sequence

bool is_parameter(char c) {
  return c >= '0' && c <= '?';
}

/// Whether more is to come of a sequence that `bytes` may be the beginning of.
bool is_begun(const std::string& bytes) {
  if (bytes.size() <= kStart.size()) return kStart.starts_with(bytes);
  return bytes.size() < kMostBytes && bytes.starts_with(kStart) &&
         std::all_of(bytes.begin() + kStart.size(), bytes.end(), is_parameter);
}

bool is_sequence(const std::string& bytes) {
  return bytes.size() > kStart.size() && bytes.starts_with(kStart) && bytes.back() >= '@' &&
         bytes.back() <= '~';
}

/// A key as terminals send it that tell of its events, too: CSI NUMBER ; MODIFIERS : EVENT FINAL.
struct KeySequence {
  enum Event { kPress = 1, kRepeat = 2, kRelease = 3 };
  int number = 1;
  int modifiers = 1;  // one more than their bits
  int event = kPress;
  char final = 0;

  [[nodiscard]] bool is_plain() const { return modifiers == 1; }
};

/// Nothing where it is something else.
std::optional<KeySequence> parse_key(const std::string& sequence) {
  constexpr int kLocks = 64 + 128;  // Caps Lock and Num Lock
  KeySequence key;
  key.final = sequence.back();
  const char* at = sequence.data() + kStart.size();
  const char* const end = sequence.data() + sequence.size() - 1;
  const auto take = [&](char before, int& value) {
    if (before != 0 && (at == end || *at != before)) return;
    if (before != 0) ++at;
    at = std::from_chars(at, end, value).ptr;
  };
  take(0, key.number);
  take(';', key.modifiers);
  take(':', key.event);
  if (at != end || key.modifiers < 1) return std::nullopt;
  key.modifiers = ((key.modifiers - 1) & ~kLocks) + 1;
  return key;
}

/// As a terminal sends it that tells of no events and no locks.
std::string usual_bytes(const KeySequence& key) {
  const bool types =
      key.number == '\r' || key.number == '\t' || key.number == 27 || key.number == 127;
  if (key.final == 'u' && key.is_plain() && types) {
    return std::string(1, static_cast<char>(key.number));
  }
  std::string out(kStart);
  if (key.final == '~' || key.final == 'u' || !key.is_plain()) out += std::to_string(key.number);
  if (!key.is_plain()) out += ";" + std::to_string(key.modifiers);
  return out + key.final;
}

bool is_blank(const std::string& line) {
  return line.find_first_not_of(' ') == std::string::npos;
}

}  // namespace

void TerminalKeys::feed(char byte) {
  if (paste_) return feed_paste(byte);
  held_ += byte;
  if (is_begun(held_)) return;
  if (is_sequence(held_)) return take_sequence(std::exchange(held_, ""));
  // Its last byte may begin a sequence.
  const bool again = held_.size() > 1 && byte == kStart.front();
  if (again) held_.pop_back();
  give(std::exchange(held_, again ? std::string(1, byte) : ""));
}

void TerminalKeys::take_sequence(const std::string& sequence) {
  if (sequence == kPasteBegins) {
    paste_.emplace();
    return;
  }
  const char final = sequence.back();
  if (sequence[kStart.size()] == '?' && (final == 'u' || final == 'c')) {
    ready_.emplace_back(TerminalAnswer{final == 'u'});
    return;
  }
  const bool tells_more = sequence.find(';') != std::string::npos || final == 'u';
  const std::optional<KeySequence> key = parse_key(sequence);
  if (!key) return give(sequence);
  if (key->number == talk_key_ && final == '~' && key->is_plain()) {
    if (key->event != KeySequence::kRepeat) {
      ready_.emplace_back(TalkKey{key->event == KeySequence::kPress});
    }
    return;
  }
  if (key->event == KeySequence::kRelease) return;
  give(tells_more ? usual_bytes(*key) : sequence);
}

void TerminalKeys::feed_paste(char byte) {
  held_ += byte;
  if (held_ == kPasteEnds) {
    ready_.emplace_back(std::move(*paste_));
    paste_.reset();
    held_.clear();
  } else if (!kPasteEnds.starts_with(held_)) {
    const bool again = held_.size() > 1 && byte == kPasteEnds.front();
    if (again) held_.pop_back();
    paste_->too_long = paste_->too_long || paste_->text.size() + held_.size() > kMaxPasteBytes;
    if (paste_->too_long) {
      paste_->text.clear();
    } else {
      paste_->text += held_;
    }
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
  // NEXT LINE, LINE SEPARATOR and PARAGRAPH SEPARATOR, as web pages and word processors have them.
  const std::string plain =
      absl::StrReplaceAll(text, {{"\u0085", "\n"}, {"\u2028", "\n"}, {"\u2029", "\n"}});
  std::vector<std::string> out(1);
  for (const char c : plain) {
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
