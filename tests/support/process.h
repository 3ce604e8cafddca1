#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace comcat::testing {

/// The path of one of our programs ("comcat-server"), beside which the tests are built.
[[nodiscard]] std::string program(const std::string& name);

/// A directory that is empty at first and gone with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A program under test, with its input and output in the test's hands.
///
/// Nothing here sleeps: every wait is a poll(2) on the program's output and its end, with a
/// deadline. While any wait runs, all output is read, so the program never blocks on a full pipe.
/// Threads    one, the test's.
/// Ownership  the destructor kills (SIGKILL) and reaps a program that still runs; the kernel kills
///            it too should the test itself die.
class Process {
 public:
  using Timeout = std::chrono::milliseconds;
  static constexpr Timeout kPatience{20'000};

  enum class Input {
    kPipe,      // write() feeds it
    kTerminal,  // a pseudo-terminal of 24 lines is its stdin and stdout; write() types
    kDevNull,   // at its end from the start
    kClosed,    // no file descriptor 0 at all
  };
  enum Stream { kOut, kErr };

  struct Options {
    Input input = Input::kPipe;
    std::vector<std::string> launcher;  // words before the command that change what it sees
    std::vector<std::pair<std::string, std::string>> environment;  // added to the test's own
    std::vector<std::string> without;                              // variables taken away
    unsigned max_files = 0;                                        // RLIMIT_NOFILE; 0: as the test
    bool quiet = false;           // what it prints is thrown away, also while no wait runs
    int pipe_bytes = 0;           // what its output holds unread; 0: as the system has it
    bool nonblocking = false;     // its output is O_NONBLOCK, as some shells leave it
    unsigned short columns = 80;  // of a kTerminal
  };

  /// Starts command[0], a path, with the rest as its arguments. A program that is not there ends at
  /// once with 127. Aborts the test program where the system starts nothing.
  explicit Process(const std::vector<std::string>& command);
  Process(const std::vector<std::string>& command, const Options& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// The first whole line of `stream` that holds `text` and comes after the one returned last,
  /// without its line break. Nothing when the stream or the time ends first.
  [[nodiscard]] std::optional<std::string> wait_for_line(Stream stream, const std::string& text,
                                                         Timeout timeout = kPatience);

  /// True once `text` stands anywhere after what the last wait on `stream` consumed; for prompts.
  [[nodiscard]] bool wait_for_text(Stream stream, const std::string& text,
                                   Timeout timeout = kPatience);

  /// The exit code, or 128 + the signal that ended it, as a shell says it. Nothing when it still
  /// runs after `timeout`.
  [[nodiscard]] std::optional<int> wait_exit(Timeout timeout = kPatience);

  /// Closes its input, which asks comcat's programs to stop, and waits as wait_exit() does.
  [[nodiscard]] std::optional<int> finish(Timeout timeout = kPatience);

  void write(const std::string& text);
  void close_input();
  /// A kTerminal gets another width, of which the system tells the program (SIGWINCH).
  void resize(unsigned short columns);
  /// Sends a signal; after SIGSTOP it has stopped.
  void signal(int number);

  /// Everything that `stream` has carried so far.
  [[nodiscard]] const std::string& output(Stream stream) const { return streams_[stream].text; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// User and system time used so far (/proc/PID/stat).
  [[nodiscard]] std::chrono::milliseconds cpu_time() const;

 private:
  struct Output {
    int fd = -1;
    std::string text;
    std::size_t consumed_bytes = 0;
  };
  using Deadline = std::chrono::steady_clock::time_point;

  void start(const std::vector<std::string>& command, const Options& options);
  /// Waits for output or the end until `deadline`, and reads what came; false at the deadline.
  bool pump(Deadline deadline);
  void read_some(Output& output);

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int input_fd_ = -1;
  Output streams_[2];
  std::optional<int> exit_code_;
};

}  // namespace comcat::testing
