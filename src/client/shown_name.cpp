#include "shown_name.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "comcat/base/name.h"
#include "comcat/base/unicode.h"

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace comcat::client {
namespace {

constexpr const char* kIsolate = "\u2068";     // FIRST STRONG ISOLATE
constexpr const char* kIsolateEnd = "\u2069";  // POP DIRECTIONAL ISOLATE
constexpr int kFirstVteWithIsolates = 5800;    // 0.58.0

/// The words that our own lines about people are made with.
constexpr std::array kOurWords{"joined",  "left",   "went",      "called",     "hears",
                               "muted",   "says",   "unmuted",   "deafened",   "undeafened",
                               "you",     "server", "connected", "connection", "disconnected",
                               "session", "comcat", "room",      "more",       "away",
                               "back",    "ignored"};

/// Those that stand beside names in lists.
constexpr std::array kMarks{"muted", "unmuted", "deafened", "undeafened",
                            "you",   "records", "away",     "ignored"};

template <std::size_t n>
bool is_one_of(const std::array<const char*, n>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// One word is a name, whatever it means, unless we say it of people; several may be read as a
/// sentence.
bool reads_as_our_line(const std::string& name) {
  const std::vector<std::string> words = absl::StrSplit(base::comparison_key(name), ' ');
  if (words.size() == 1) return is_one_of(kMarks, words.front());
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return is_one_of(kOurWords, word); });
}

std::string isolated(const std::string& text) {
  return base::has_right_to_left(text) ? kIsolate + text + kIsolateEnd : text;
}

}  // namespace

std::string shown_name(const std::string& name) {
  if (base::is_words(name) && !reads_as_our_line(name)) return isolated(name);
  return "\"" + isolated(absl::StrReplaceAll(name, {{"\\", "\\\\"}, {"\"", "\\\""}})) + "\"";
}

std::string shown_person(const std::string& name, std::uint32_t twin) {
  return shown_name(name) + (twin > 1 ? " (" + std::to_string(twin) + ")" : std::string());
}

std::string shown_person(const wire::Member& member) {
  return shown_person(member.name, member.twin);
}

std::string full_name(const wire::Member& member) {
  return member.twin > 1 ? member.name + " (" + std::to_string(member.twin) + ")" : member.name;
}

std::string typed_name(const std::string& typed) {
  if (typed.size() < 2 || typed.front() != '"' || typed.back() != '"') return typed;
  return absl::StrReplaceAll(typed.substr(1, typed.size() - 2), {{"\\\\", "\\"}, {"\\\"", "\""}});
}

bool lacks_closing_quote(const std::string& typed) {
  if (!typed.starts_with('"')) return false;
  for (std::size_t at = 1; at < typed.size(); ++at) {
    if (typed[at] == '"') return false;
    if (typed[at] == '\\') ++at;
  }
  return true;
}

std::string shown_text(const std::string& text) {
  return isolated(text);
}

std::string without_isolates(const std::string& line) {
  return absl::StrReplaceAll(line, {{kIsolate, ""}, {kIsolateEnd, ""}});
}

bool obeys_isolates(const char* vte_version) {
  return vte_version != nullptr && std::atoi(vte_version) >= kFirstVteWithIsolates;
}

}  // namespace comcat::client
