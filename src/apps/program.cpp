#include "program.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "comcat/base/text.h"

#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"

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

std::string flag_file(const absl::CommandLineFlag& flag) {
  return flag.Filename();
}

bool is_ours(const std::string& file) {
  return file.find("src/apps/") != std::string::npos;
}

std::vector<std::string> our_flags() {
  std::vector<std::string> out;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (is_ours(flag_file(*flag))) out.emplace_back(std::string(name));
  }
  return out;
}

/// The Levenshtein distance of two short words.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// The flag that was probably meant; "" where none is near.
std::string closest_flag(const std::string& word) {
  std::string closest;
  std::size_t smallest = 3;
  for (const std::string& flag : our_flags()) {
    const std::size_t d = word.size() > 64 ? smallest : distance(word, flag);
    if (d < smallest && d < flag.size()) smallest = d, closest = flag;
  }
  return closest;
}

/// Abseil's complaint as one sentence of ours.
std::string usage_sentence(const std::string& complaint) {
  const std::string text = base::safe_text(complaint, 200);
  const std::string unknown = "Unknown command line flag '";
  if (text.compare(0, unknown.size(), unknown) != 0) return text + "; --help lists the flags";
  const std::string word =
      text.substr(unknown.size(), text.find('\'', unknown.size()) - unknown.size());
  const std::string closest = closest_flag(word);
  return "there is no flag --" + word +
         (closest.empty() ? "; --help lists them all"
                          : "; did you mean --" + closest + "? (--help lists them all)");
}

/// `text` broken into lines of at most 80 columns, each after `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t kColumns = 80;
  std::string out;
  std::string line(indent, ' ');
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (line.size() > indent && line.size() + 1 + word.size() > kColumns) {
      out += line + "\n";
      line.assign(indent, ' ');
    }
    line += (line.size() > indent ? " " : "") + word;
  }
  return out + line + "\n";
}

void print_help(const std::string& usage, const std::vector<FlagGroup>& groups) {
  std::string out = program_name + ": " + usage + "\n";
  for (const FlagGroup& group : groups) {
    out += "\n" + group.title + "\n";
    for (const std::string& name : group.flags) {
      const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
      if (flag == nullptr) continue;
      const std::string value = flag->DefaultValue();
      out += "  --" + name + (value.empty() ? "" : " (" + value + ")") + "\n";
      out += wrapped(flag->Help(), 6);
    }
  }
  out +=
      "\n--flag and --noflag switch on and off; --flagfile=FILE reads flags from a file, one a "
      "line.\n";
  std::cout << out;
}

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
  const auto ours = [](absl::string_view file) { return is_ours(std::string(file)); };
  config.contains_helpshort_flags = ours;
  config.contains_help_flags = ours;
  config.version_string = [] { return program_name + " " COMCAT_VERSION "\n"; };
  absl::SetFlagsUsageConfig(config);
  const auto plain_help = [](const char* argument) {
    const std::string_view word(argument);
    return word == "--help" || word == "-help" || word == "-h";
  };
  if (!groups.empty() && std::any_of(argv + 1, argv + argc, plain_help)) {
    print_help(usage, groups);
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
  if (!flag.empty()) return flag;
  if (!file_flag.empty()) {
    std::ifstream file(file_flag);
    std::string line;
    if (!std::getline(file, line)) {
      return absl::InvalidArgumentError("cannot read a passcode from the file " +
                                        base::safe_text(file_flag));
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
  }
  const char* const variable = std::getenv("COMCAT_PASSCODE");
  std::string passcode = variable == nullptr ? "" : variable;
  unsetenv("COMCAT_PASSCODE");
  return passcode;
}

}  // namespace comcat::apps

/// Abseil's hook for a flag that is wrong; its own is weak and does nothing, and the program would
/// end with 1.
extern "C" void ABSL_INTERNAL_C_SYMBOL(AbslInternalReportFatalUsageError)(
    absl::string_view complaint) {
  using comcat::apps::Exit;
  _exit(comcat::apps::fail(Exit::kUsage, comcat::apps::usage_sentence(std::string(complaint))));
}
