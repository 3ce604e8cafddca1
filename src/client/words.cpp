#include "comcat/client/words.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace comcat::client {
namespace {

constexpr std::array kWords{
    ConsoleWord{"mute", "[NAME]", "nobody hears you any more; hosts: nobody hears NAME"},
    ConsoleWord{"unmute", "[NAME]", "they hear you again; hosts: they hear NAME again"},
    ConsoleWord{"deafen", "", "you hear nobody any more"},
    ConsoleWord{"undeafen", "", "you hear them again"},
    ConsoleWord{"who", "[ROOM]", "who is in your room, or in another"},
    ConsoleWord{"volume", "NAME PERCENT", "how loud you hear someone: 0-400, 100 is as sent"},
    ConsoleWord{"ignore", "NAME", "neither voice nor texts of someone reach you"},
    ConsoleWord{"unignore", "NAME", "they reach you again"},
    ConsoleWord{"forget", "", "all that is remembered of this server"},
    ConsoleWord{"say", "TEXT", "a line of text to everyone in your room"},
    ConsoleWord{"msg", "NAME TEXT", "a text to one person in your room alone; kept nowhere"},
    ConsoleWord{"history", "[N]", "earlier texts of your room, 20 or N (1-100) at a time"},
    ConsoleWord{"record", "PATH", "the call into a directory; record off ends it"},
    ConsoleWord{"play", "PATH", "a sound file into the call; play off ends it"},
    ConsoleWord{"rooms", "[names]", "the rooms of this server, and who is in them"},
    ConsoleWord{"join", "ROOM", "go to another room; it is made if there is none"},
    ConsoleWord{"new", "", "make a room with a name nobody guesses, and go there"},
    ConsoleWord{"claim", "", "your name is held on this server for this device"},
    ConsoleWord{"pair", "", "a code by which another device gets your name"},
    ConsoleWord{"kick", "NAME [for TIME] [because TEXT]", "hosts: someone out of the call"},
    ConsoleWord{"ban", "NAME [for TIME] [because TEXT]",
                "hosts: nobody from their address comes in"},
    ConsoleWord{"unban", "ADDRESS", "hosts: they may come in again"},
    ConsoleWord{"close", "ROOM [because TEXT]", "hosts: everyone in a room out of the call"},
    ConsoleWord{"release", "NAME", "hosts: a claimed name is free again"},
    ConsoleWord{"echo", "[on|off]", "take what your loudspeaker plays out of what you send"},
    ConsoleWord{"noise", "[off|low|high]", "take steady noise out of what you send"},
    ConsoleWord{"gain", "[on|off|+N]", "make your voice as loud as others', or N dB louder"},
    ConsoleWord{"activation", "[voice|always|push]", "when you are sent: speech, always, on talk"},
    ConsoleWord{"talk", "", "with activation push: they hear you from now on"},
    ConsoleWord{"hush", "", "with activation push: they hear you no longer"},
    ConsoleWord{"stats", "", "delays, losses, and what is behind them"},
    ConsoleWord{"levels", "", "how loud your microphone is, and what you hear"},
    ConsoleWord{"loopback", "[on|off]", "hear yourself, through the server and back"},
    ConsoleWord{"input", "[DEVICE]", "another microphone, or whatever --input takes"},
    ConsoleWord{"output", "[DEVICE]", "another loudspeaker, or whatever --output takes"},
    ConsoleWord{"devices", "", "the sound devices of this machine"},
    ConsoleWord{"help", "", "this list"},
    ConsoleWord{"stop", "", "leave the call and end; quit, exit and Ctrl+C do so, too"},
};

std::string with_arguments(const ConsoleWord& word) {
  const std::string arguments = word.arguments;
  return word.word + (arguments.empty() ? "" : " " + arguments);
}

/// What is written in small letters is meant as it stands.
ArgumentKind kind_of(const std::string& name) {
  if (name.find('|') != std::string::npos) return ArgumentKind::kChoice;
  if (name == "NAME") return ArgumentKind::kPerson;
  if (name == "ROOM") return ArgumentKind::kRoom;
  if (name == "TEXT") return ArgumentKind::kText;
  if (name == "PATH") return ArgumentKind::kPath;
  if (name == "DEVICE") return ArgumentKind::kDevice;
  if (name == "N" || name == "PERCENT") return ArgumentKind::kNumber;
  return absl::ascii_islower(static_cast<unsigned char>(name.front())) ? ArgumentKind::kItself
                                                                       : ArgumentKind::kWord;
}

}  // namespace

std::span<const ConsoleWord> console_words() {
  return kWords;
}

const ConsoleWord* find_word(std::string_view word) {
  const auto* const found =
      std::ranges::find_if(kWords, [&](const ConsoleWord& it) { return it.word == word; });
  return found == kWords.end() ? nullptr : found;
}

std::vector<Argument> arguments_of(const ConsoleWord& word) {
  std::vector<Argument> out;
  std::string keyword;
  const std::vector<std::string> parts = absl::StrSplit(word.arguments, ' ', absl::SkipEmpty());
  for (std::string part : parts) {
    const bool begins = part.starts_with('[');
    const bool ends = part.ends_with(']');
    if (begins) part.erase(0, 1);
    if (begins && !ends) {  // [for TIME]
      keyword = part;
      continue;
    }
    if (ends) part.pop_back();
    const ArgumentKind kind = kind_of(part);
    std::string name = keyword.empty() ? absl::AsciiStrToLower(part) : keyword;
    std::vector<std::string> choices;
    if (kind == ArgumentKind::kChoice) {
      choices = absl::StrSplit(part, '|');
      std::erase_if(choices, [](const std::string& it) { return it.starts_with('+'); });
      name = "how";
    }
    out.push_back({std::move(name), keyword, kind, ends, std::move(choices)});
    keyword.clear();
  }
  return out;
}

const std::vector<std::string>& command_words() {
  static const auto* const words = [] {
    auto* const out = new std::vector<std::string>;
    for (const ConsoleWord& word : kWords) out->emplace_back(word.word);
    return out;
  }();
  return *words;
}

std::string command_help() {
  constexpr std::size_t kColumn = 24;  // and two blanks at least before it
  std::string out;
  for (const ConsoleWord& word : kWords) {
    std::string left = "  " + with_arguments(word);
    if (left.size() + 2 <= kColumn) {
      left.resize(kColumn, ' ');
    } else {
      left += "\n" + std::string(kColumn, ' ');
    }
    out += left + word.meaning + "\n";
  }
  out.pop_back();
  return out;
}

std::string command_table() {
  std::string out;
  for (const ConsoleWord& word : kWords) {
    const std::string typed =
        absl::StrReplaceAll(with_arguments(word), {{"|", "\\|"}});  // else it ends a cell
    out += "| `" + typed + "` | " + word.meaning + " |\n";
  }
  return out;
}

}  // namespace comcat::client
