#include "program.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <new>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/secret.h"
#include "comcat/base/text.h"
#include "comcat/base/write.h"

#include "absl/flags/commandlineflag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "flag_file.h"
#include "flag_help.h"
#include "text_file.h"

namespace comcat::apps {
namespace {

constexpr std::size_t kMinDescriptors = 48;

std::string program_name;
std::string also_read;  // the user's own flag file, where there is one
bool parsing = false;

/// A file descriptor 0, 1 or 2 that whoever started us has closed would become a socket or file of
/// ours, or of a library's. Some libraries open theirs before main(), hence the section below.
void fill_standard_descriptors(int /*argc*/, char** /*argv*/, char** /*environment*/) {
  long fd = ::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
  if (fd > STDERR_FILENO) ::syscall(SYS_close, fd);
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const run_first)(int, char**, char**) = &fill_standard_descriptors;

/// Abseil's --helpfull and its like know nothing that --help does not say.
bool is_help(const char* argument) {
  const std::string_view word(argument);
  return word.starts_with("--help") || word.starts_with("-help") || word == "-h";
}

bool is_version(const char* argument) {
  const std::string_view word(argument);
  return word == "--version" || word == "-version";
}

[[noreturn]] void say_and_stop(const std::string& text) {
  base::write_fully(STDOUT_FILENO, text);
  std::exit(static_cast<int>(Exit::kStopped));
}

/// Where the system gives no thread or no memory, and nobody catches that.
[[noreturn]] void end_in_want() {
  base::write_fully(STDERR_FILENO,
                    program_name + ": the system gives this program no more memory or threads; " +
                        "allow more with ulimit -v, ulimit -u or the service's limits\n");
  ::_exit(static_cast<int>(Exit::kUsage));
}

/// For what is thrown: no code of ours throws anything else.
void end_uncaught() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    end_in_want();
  } catch (const std::system_error&) {
    end_in_want();
  } catch (...) {  // a mistake, which a core file is to show
  }
  std::abort();
}

/// The flags of `flag_file`, where there is one, then those of the command line, which win.
std::vector<std::string> all_flags(int argc, char** argv, const std::filesystem::path& flag_file) {
  absl::StatusOr<std::vector<std::string>> out{absl::in_place};
  std::error_code none;
  if (!flag_file.empty() && std::filesystem::exists(flag_file, none)) {
    also_read = flag_file.string();
    out = flags_of_file(flag_file);
  }
  if (out.ok()) {
    out->insert(out->end(), argv + 1, argv + argc);
    out = expand_flag_files(*out);
  }
  if (!out.ok()) std::exit(fail(Exit::kUsage, std::string(out.status().message())));
  return *std::move(out);
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

/// Abseil ends a program with 1 where flags are wrong; comcat promises 2. Runs at exit.
void correct_exit_code() {
  if (!parsing) return;
  std::fflush(nullptr);
  _exit(static_cast<int>(Exit::kUsage));
}

/// Whether `word` is a flag that takes the next word as its value.
bool takes_next(const std::string& word) {
  const std::size_t dashes = word.find_first_not_of('-');
  if (dashes != 1 && dashes != 2) return false;
  const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(word.substr(dashes));
  return flag != nullptr && !flag->IsOfType<bool>();
}

/// Abseil wonders aloud, value and all, at a value in a word of its own that begins with a dash, be
/// it `--input -` or a passcode.
std::vector<std::string> with_values_joined(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out.push_back(words[i]);
    const bool dash = i + 1 < words.size() && words[i + 1].starts_with('-');
    if (dash && takes_next(words[i])) out.back() += "=" + words[++i];
  }
  return out;
}

std::set<std::string, std::less<>> given_flags;

/// send of --send=talk; "" of a word that is no flag.
std::string name_of_flag(const std::string& word) {
  if (!word.starts_with('-')) return {};
  const std::size_t begin = word.starts_with("--") ? 2 : 1;
  return word.substr(begin, word.find('=', begin) - begin);
}

/// A passcode as it was given, before anything of it is copied.
struct Secret {
  std::string_view flag;
  const char* variable;
  std::string on_command_line{};
  std::string in_environment{};
};
Secret secrets[] = {{"passcode", "COMCAT_PASSCODE"},
                    {"host_passcode", "COMCAT_HOST_PASSCODE"},
                    {"room_passcode", "COMCAT_ROOM_PASSCODE"}};

Secret& secret_of(std::string_view flag) {
  return *std::ranges::find_if(secrets, [&](const Secret& secret) { return secret.flag == flag; });
}

/// Moves what `value` points to into `secret`, and leaves x in its place.
void take(char* value, std::string& secret) {
  base::wipe(secret);
  secret = value;
  std::memset(value, 'x', std::strlen(value));
}

/// Takes a passcode from where `ps` would show it; of several, the last counts.
void take_from_arguments(int argc, char** argv, Secret& secret) {
  for (int i = 1; i < argc; ++i) {
    std::string_view word(argv[i]);
    const std::size_t dashes = std::min(word.find_first_not_of('-'), word.size());
    word.remove_prefix(dashes);
    if (dashes == 0 || !word.starts_with(secret.flag)) continue;
    if (word.size() == secret.flag.size() && i + 1 < argc) {
      take(argv[i + 1], secret.on_command_line);
    } else if (word.size() > secret.flag.size() && word[secret.flag.size()] == '=') {
      take(argv[i] + dashes + secret.flag.size() + 1, secret.on_command_line);
    }
  }
}

/// Takes it from where /proc/PID/environ would show it, and from programs that this one starts.
void take_from_environment(Secret& secret) {
  if (char* const value = std::getenv(secret.variable); value != nullptr) {
    take(value, secret.in_environment);
  }
  ::unsetenv(secret.variable);
}

/// Leaves nothing in `secret`.
std::string taken_out_of(std::string& secret) {
  std::string out = secret;
  base::wipe(secret);
  return out;
}

/// What the flag was before take_from_arguments(), where it was not from a flag file.
std::string value_of(const std::string& flag, Secret& secret) {
  const bool taken = flag == std::string(secret.on_command_line.size(), 'x');
  return taken ? taken_out_of(secret.on_command_line) : flag;
}

absl::StatusOr<std::string> passcode_of_file(const std::string& path) {
  absl::StatusOr<std::string> text = read_text_file(path, Writers::kOwner);
  std::string line = text.ok() ? text->substr(0, text->find_first_of("\r\n")) : "";
  if (text.ok()) base::wipe(*text);
  if (!line.empty()) return line;
  return absl::InvalidArgumentError(
      "cannot read a passcode from the file " + base::safe_text(path) + ": " +
      (text.ok() ? "its first line is empty" : std::string(text.status().message())));
}

}  // namespace

std::vector<std::string> parse_flags_and_words(int argc, char** argv, const std::string& usage,
                                               const std::vector<FlagGroup>& groups,
                                               const std::filesystem::path& flag_file) {
  for (Secret& secret : secrets) {
    take_from_arguments(argc, argv, secret);
    take_from_environment(secret);
  }
  program_name = std::filesystem::path(argv[0]).filename();
  std::set_terminate(end_uncaught);
  ::signal(SIGXFSZ, SIG_IGN);  // a file that grows beyond ulimit -f is a full disk, and no end
  absl::SetProgramUsageMessage(usage);
  absl::FlagsUsageConfig config;
  const auto ours = [](absl::string_view file) { return is_our_flag_file(std::string(file)); };
  config.contains_helpshort_flags = ours;
  config.contains_help_flags = ours;
  absl::SetFlagsUsageConfig(config);
  if (std::any_of(argv + 1, argv + argc, is_help)) {
    say_and_stop(help_text(program_name + ": " + usage, groups));
  }
  if (std::any_of(argv + 1, argv + argc, is_version)) {
    say_and_stop(program_name + " " COMCAT_VERSION "\n");
  }
  std::vector<std::string> words = with_values_joined(all_flags(argc, argv, flag_file));
  for (const std::string& word : words) given_flags.insert(name_of_flag(word));
  std::vector<char*> pointers{argv[0]};
  for (std::string& word : words) pointers.push_back(word.data());
  parsing = true;
  std::atexit(correct_exit_code);
  std::vector<char*> left;
  {
    const QuietErrors quiet;
    left = absl::ParseCommandLine(static_cast<int>(pointers.size()), pointers.data());
  }
  parsing = false;
  return {left.begin() + 1, left.end()};
}

void parse_flags(int argc, char** argv, const std::string& usage,
                 const std::vector<FlagGroup>& groups) {
  const std::vector<std::string> words = parse_flags_and_words(argc, argv, usage, groups, "");
  if (!words.empty()) std::exit(fail(Exit::kUsage, no_flag(words.front())));
}

bool was_given(std::string_view flag) {
  return given_flags.contains(flag);
}

std::string also_read_from() {
  return also_read.empty() ? "" : "; flags are read from " + base::safe_text(also_read) + " too";
}

std::string no_flag(const std::string& word) {
  return "'" + base::safe_text(word, 80) + "' is no flag; --help lists them";
}

void warn(const std::string& sentence) {
  base::write_fully(STDERR_FILENO, program_name + ": " + sentence + "\n");
}

int fail(Exit code, const std::string& sentence) {
  warn(sentence);
  return static_cast<int>(code);
}

absl::Status check_descriptors() {
  std::vector<base::FileDescriptor> held;
  while (held.size() < kMinDescriptors) {
    base::FileDescriptor fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) break;
    held.push_back(std::move(fd));
  }
  if (held.size() == kMinDescriptors) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "only " + std::to_string(held.size()) + " files may be opened and at least " +
      std::to_string(kMinDescriptors) + " are needed; allow more with ulimit -n");
}

absl::StatusOr<GivenPasscode> given_passcode(std::string_view name, const std::string& flag,
                                             const std::string& file_flag) {
  Secret& secret = secret_of(name);
  std::string from_environment = taken_out_of(secret.in_environment);
  if (!flag.empty()) return GivenPasscode{value_of(flag, secret), "--" + std::string(name)};
  if (!file_flag.empty()) {
    absl::StatusOr<std::string> line = passcode_of_file(file_flag);
    if (!line.ok()) return line.status();
    return GivenPasscode{*std::move(line), "the file " + base::safe_text(file_flag)};
  }
  if (from_environment.empty()) return GivenPasscode{};
  return GivenPasscode{std::move(from_environment), "the variable " + std::string(secret.variable)};
}

}  // namespace comcat::apps

/// Abseil's hook for a flag that is wrong; its own is weak and does nothing, and the program would
/// end with 1.
extern "C" void ABSL_INTERNAL_C_SYMBOL(AbslInternalReportFatalUsageError)(
    absl::string_view complaint) {
  using namespace comcat::apps;
  const std::string sentence = usage_sentence(std::string(complaint), our_flags());
  _exit(fail(Exit::kUsage, sentence + also_read_from()));
}
