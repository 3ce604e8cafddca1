#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The one table of what may be typed: help, the README, completion and commands as JSON come from
/// it; command.h says what becomes of a line. Values and functions of them. Threads: any.
namespace comcat::client {

/// A word that a line may begin with.
struct ConsoleWord {
  const char* word;
  /// What comes after it, as help shows it: NAME, [ROOM], [for TIME]; see arguments_of().
  const char* arguments;
  const char* meaning;  // one line
};

/// In the order of help.
[[nodiscard]] std::span<const ConsoleWord> console_words();

/// Null where `word` is none, or another spelling of one (quit).
[[nodiscard]] const ConsoleWord* find_word(std::string_view word);

/// What an argument is, by what ConsoleWord::arguments calls it.
enum class ArgumentKind {
  kPerson,  // NAME
  kRoom,    // ROOM
  kText,    // TEXT: all that is left of the line
  kPath,    // PATH: likewise
  kDevice,  // DEVICE: likewise
  kNumber,  // N, PERCENT
  kWord,    // TIME, ADDRESS: anything without a blank
  kItself,  // names: written as it is, or left out
  kChoice,  // on|off|+N: one of these; in JSON its name is how
};

struct Argument {
  std::string name;     // in small letters, as in JSON: name, percent; for [for TIME] it is for
  std::string keyword;  // what stands before it: for, because; mostly ""
  ArgumentKind kind = ArgumentKind::kWord;
  bool optional = false;
  std::vector<std::string> choices;  // of kChoice: those that are words
};

/// The arguments of `word`, in their order.
[[nodiscard]] std::vector<Argument> arguments_of(const ConsoleWord& word);

/// Every word that a line may begin with, in the order of help.
[[nodiscard]] const std::vector<std::string>& command_words();

/// The words and what they do, one a line.
[[nodiscard]] std::string command_help();

/// The same as the README has it: rows of a table.
[[nodiscard]] std::string command_table();

}  // namespace comcat::client
