#include "program.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "comcat/base/text.h"

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "flag_help.h"

namespace comcat::apps {
namespace {

std::string program_name;
bool parsing = false;
bool help_wanted = false;

/// A file descriptor 0, 1 or 2 that whoever started us has closed would become a socket or file of
/// ours, or of a library's. Some libraries open theirs before main(), hence the section below.
void fill_standard_descriptors(int /*argc*/, char** /*argv*/, char** /*environment*/) {
  long fd = ::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
  if (fd > STDERR_FILENO) ::syscall(SYS_close, fd);
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const run_first)(int, char**, char**) = &fill_standard_descriptors;

bool is_help(const char* argument) {
  std::string_view word(argument);
  while (!word.empty() && word.front() == '-') word.remove_prefix(1);
  return word.starts_with("help") || word == "version";
}

/// Abseil writes what is wrong with a flag to std::cerr, in words of its own, before it hands it to
/// us (AbslInternalReportFatalUsageError below).
class QuietErrors {
 public:
  QuietErrors() : before_(std::cerr.rdbuf(thrown_away_.rdbuf())) {}
  ~QuietErrors() { std::cerr.rdbuf(before_); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  std::ostringstream thrown_away_;
  std::streambuf* before_;
};

/// Abseil ends a program with 1 both after --help and where flags are wrong; comcat promises 0 and
/// 2. Runs at exit.
void correct_exit_code() {
  if (!parsing) return;
  std::cout.flush();
  std::fflush(nullptr);
  _exit(static_cast<int>(help_wanted ? Exit::kStopped : Exit::kUsage));
}

/// Overwrites the passcode where `ps` would show it.
void hide_passcode(int argc, char** argv) {
  constexpr std::string_view kFlag = "passcode";
  for (int i = 1; i < argc; ++i) {
    std::string_view word(argv[i]);
    const std::size_t dashes = std::min(word.find_first_not_of('-'), word.size());
    word.remove_prefix(dashes);
    if (dashes == 0 || !word.starts_with(kFlag)) continue;
    if (word.size() == kFlag.size() && i + 1 < argc) {
      std::memset(argv[i + 1], 'x', std::strlen(argv[i + 1]));
    } else if (word.size() > kFlag.size() && word[kFlag.size()] == '=') {
      char* const value = argv[i] + dashes + kFlag.size() + 1;
      std::memset(value, 'x', std::strlen(value));
    }
  }
}

}  // namespace

void parse_flags(int argc, char** argv, const std::string& usage,
                 const std::vector<FlagGroup>& groups) {
  program_name = std::filesystem::path(argv[0]).filename();
  absl::SetProgramUsageMessage(usage);
  absl::FlagsUsageConfig config;
  const auto ours = [](absl::string_view file) { return is_our_flag_file(std::string(file)); };
  config.contains_helpshort_flags = ours;
  config.contains_help_flags = ours;
  config.version_string = [] { return program_name + " " COMCAT_VERSION "\n"; };
  absl::SetFlagsUsageConfig(config);
  const auto plain_help = [](const char* argument) {
    const std::string_view word(argument);
    return word == "--help" || word == "-help" || word == "-h";
  };
  if (std::any_of(argv + 1, argv + argc, plain_help)) {
    std::cout << help_text(program_name + ": " + usage, groups);
    std::exit(static_cast<int>(Exit::kStopped));
  }
  help_wanted = std::any_of(argv + 1, argv + argc, is_help);
  parsing = true;
  std::atexit(correct_exit_code);
  std::vector<char*> words;
  {
    const QuietErrors quiet;
    words = absl::ParseCommandLine(argc, argv);
  }
  parsing = false;
  if (words.size() > 1) {
    std::exit(fail(Exit::kUsage,
                   "'" + base::safe_text(words[1], 80) + "' is no flag; --help lists them"));
  }
}

int fail(Exit code, const std::string& sentence) {
  std::fprintf(stderr, "%s: %s\n", program_name.c_str(), sentence.c_str());
  return static_cast<int>(code);
}

absl::StatusOr<std::filesystem::path> state_directory(const std::string& flag) {
  if (!flag.empty()) return std::filesystem::path(flag);
  if (const char* xdg = std::getenv("XDG_STATE_HOME"); xdg != nullptr && *xdg != '\0') {
    return std::filesystem::path(xdg) / "comcat";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return std::filesystem::path(home) / ".local" / "state" / "comcat";
  }
  return absl::InvalidArgumentError("there is no home directory; say where with --state_dir");
}

absl::StatusOr<std::string> given_passcode(const std::string& flag, const std::string& file_flag,
                                           int argc, char** argv) {
  hide_passcode(argc, argv);
  const char* const variable = std::getenv("COMCAT_PASSCODE");
  const std::string from_environment = variable == nullptr ? "" : variable;
  unsetenv("COMCAT_PASSCODE");
  if (!flag.empty()) return flag;
  if (!file_flag.empty()) {
    std::ifstream file(file_flag);
    const int error = errno;
    std::string line;
    std::getline(file, line);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) return line;
    return absl::InvalidArgumentError(
        "cannot read a passcode from the file " + base::safe_text(file_flag) + ": " +
        (file.is_open() ? "its first line is empty" : std::strerror(error)));
  }
  return from_environment;
}

}  // namespace comcat::apps

/// Abseil's hook for a flag that is wrong; its own is weak and does nothing, and the program would
/// end with 1.
extern "C" void ABSL_INTERNAL_C_SYMBOL(AbslInternalReportFatalUsageError)(
    absl::string_view complaint) {
  using namespace comcat::apps;
  _exit(fail(Exit::kUsage, usage_sentence(std::string(complaint), our_flags())));
}
