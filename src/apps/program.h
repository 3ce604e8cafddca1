#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "flag_help.h"

/// What the programs have in common: exit codes, flags, the passcode.
namespace comcat::apps {

/// The exit codes that docs and --help promise.
enum class Exit : int {
  kStopped = 0,
  kUsage = 2,
  kRefused = 3,
  kFull = 4,
  kUnreachable = 5,
  kSoundDevice = 6,
  // Of --check: the first of these that is not fine.
  kMicrophone = 7,
  kLoudspeaker = 8,
  kEcho = 9,
  kDatagrams = 10,
  kDelay = 11,
};

/// Parses the flags of `argv`, prints --help and --version, and ends the program with
/// Exit::kUsage and one sentence on an unknown or malformed flag, or on a word that is no flag.
/// `groups` names every flag of the program.
void parse_flags(int argc, char** argv, const std::string& usage,
                 const std::vector<FlagGroup>& groups);

/// As parse_flags(), and the words that are no flags. The flags that the file `flag_file` holds,
/// where it exists, come before those of the command line, which therefore win.
[[nodiscard]] std::vector<std::string> parse_flags_and_words(
    int argc, char** argv, const std::string& usage, const std::vector<FlagGroup>& groups,
    const std::filesystem::path& flag_file);

/// Whether the flag of that name was given, be it as nothing: --send "$EMPTY". After parse_flags().
[[nodiscard]] bool was_given(std::string_view flag);

/// The end of a sentence about a flag, for whoever sees no mistake in what was typed: which file of
/// the user's own flags were read from too. Empty where none was.
[[nodiscard]] std::string also_read_from();

/// The sentence for a word that nothing is meant to be.
[[nodiscard]] std::string no_flag(const std::string& word);

/// Whether the process may open the files and sockets that a program of ours needs at least; gRPC
/// would end it where they are missing.
[[nodiscard]] absl::Status check_descriptors();

/// Prints "PROGRAM: sentence" to stderr.
void warn(const std::string& sentence);

/// The same, and returns `code`.
[[nodiscard]] int fail(Exit code, const std::string& sentence);

struct GivenPasscode {
  std::string passcode;  // empty: none is given
  std::string origin;    // where it came from, in words; safe to print
};

/// The passcode `name`, "passcode", "host_passcode" or "room_passcode": `flag`, else the first line
/// of the file `file_flag`, else $COMCAT_PASSCODE, $COMCAT_HOST_PASSCODE or $COMCAT_ROOM_PASSCODE.
/// The file may have a byte order mark, or be UTF-16; one that others may write to is not believed.
/// Once, and after parse_flags(), which has taken it out of the process's arguments and
/// environment, where others can see it and programs that this one starts inherit it.
[[nodiscard]] absl::StatusOr<GivenPasscode> given_passcode(std::string_view name,
                                                           const std::string& flag,
                                                           const std::string& file_flag);

}  // namespace comcat::apps
