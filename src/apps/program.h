#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "flag_help.h"

/// What the programs have in common: exit codes, flags, the state directory.
namespace comcat::apps {

/// The exit codes that docs and --help promise.
enum class Exit : int {
  kStopped = 0,
  kUsage = 2,
  kRefused = 3,
  kFull = 4,
  kUnreachable = 5,
  kSoundDevice = 6,
};

/// Parses the flags of `argv`, prints --help and --version, and ends the program with
/// Exit::kUsage and one sentence on an unknown or malformed flag, or on a word that is no flag.
/// `groups` names every flag of the program.
void parse_flags(int argc, char** argv, const std::string& usage,
                 const std::vector<FlagGroup>& groups);

/// Prints "PROGRAM: sentence" to stderr.
[[nodiscard]] int fail(Exit code, const std::string& sentence);

/// `flag` where it is not empty, else $XDG_STATE_HOME/comcat, else ~/.local/state/comcat.
[[nodiscard]] absl::StatusOr<std::filesystem::path> state_directory(const std::string& flag);

/// The passcode: `flag`, else the first line of the file `file_flag`, else $COMCAT_PASSCODE; empty
/// where none is given. Overwrites it in the process's arguments, where `ps` shows it to everyone,
/// and keeps it from programs that this one starts.
[[nodiscard]] absl::StatusOr<std::string> given_passcode(const std::string& flag,
                                                         const std::string& file_flag, int argc,
                                                         char** argv);

}  // namespace comcat::apps
