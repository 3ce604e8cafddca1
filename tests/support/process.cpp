#include "support/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace comcat::testing {
namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "process.cpp: %s: %s\n", what, std::strerror(errno));
  std::abort();
}

int checked(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  checked(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
  return {ends[0], ends[1]};
}

int open_null(int mode) {
  return checked(::open("/dev/null", mode | O_CLOEXEC), "open /dev/null");
}

/// Where a program prints to: a pipe, or, where it is not to be heard, nowhere.
Pipe make_output(const Process::Options& options) {
  if (options.quiet) return {-1, open_null(O_WRONLY)};
  const Pipe out = make_pipe();
  if (options.pipe_bytes > 0) ::fcntl(out.write_end, F_SETPIPE_SZ, options.pipe_bytes);
  if (options.nonblocking) ::fcntl(out.write_end, F_SETFL, O_NONBLOCK);
  return out;
}

Pipe make_terminal(unsigned short columns) {
  const int master = checked(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt");
  checked(::grantpt(master), "grantpt");
  checked(::unlockpt(master), "unlockpt");
  std::array<char, 128> name{};
  if (::ptsname_r(master, name.data(), name.size()) != 0) fail("ptsname_r");
  const winsize size{24, columns, 0, 0};
  const int slave = checked(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC), "open pty");
  checked(::ioctl(slave, TIOCSWINSZ, &size), "TIOCSWINSZ");
  return {slave, master};
}

std::vector<std::string> child_environment(const Process::Options& options) {
  std::vector<std::string> out;
  const auto replaced = [&](const std::string& entry) {
    const std::string name = entry.substr(0, entry.find('='));
    return std::any_of(options.environment.begin(), options.environment.end(),
                       [&](const auto& pair) { return pair.first == name; }) ||
           std::find(options.without.begin(), options.without.end(), name) != options.without.end();
  };
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!replaced(*entry)) out.emplace_back(*entry);
  }
  // A developer's own client.flags have no say; a later entry does not count.
  const bool told = std::any_of(options.environment.begin(), options.environment.end(),
                                [](const auto& pair) { return pair.first == "XDG_CONFIG_HOME"; });
  if (!told) out.insert(out.begin(), "XDG_CONFIG_HOME=/dev/null");
  for (const auto& [name, value] : options.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

/// What the child does between fork and exec: system calls only.
void prepare_child(const Process::Options& options, int in, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (options.input == Process::Input::kTerminal) {
    ::setsid();
    ::ioctl(in, TIOCSCTTY, 0);
  }
  if (options.max_files > 0) {
    const rlimit limit{options.max_files, options.max_files};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (in >= 0) {
    ::dup2(in, STDIN_FILENO);
  } else {
    ::close(STDIN_FILENO);
  }
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
}

}  // namespace

std::string program(const std::string& name) {
  return std::string(COMCAT_PROGRAM_DIR) + "/" + name;
}

TemporaryDirectory::TemporaryDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "comcat-test-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) fail("mkdtemp");
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Process::Process(const std::vector<std::string>& command) {
  start(command, {});
}

Process::Process(const std::vector<std::string>& command, const Options& options) {
  start(command, options);
}

namespace {

/// $COMCAT_VALGRIND runs our programs under valgrind, whose findings become the exit code 99.
std::vector<std::string> wrapped(const std::vector<std::string>& command) {
  const bool ours = command.front().starts_with(COMCAT_PROGRAM_DIR);
  if (!ours || std::getenv("COMCAT_VALGRIND") == nullptr) return command;
  std::vector<std::string> out{"/usr/bin/valgrind", "--quiet", "--error-exitcode=99",
                               "--leak-check=full", "--errors-for-leak-kinds=definite"};
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

}  // namespace

void Process::start(const std::vector<std::string>& command, const Options& options) {
  // A program that is gone makes write() fail, not the test die.
  ::signal(SIGPIPE, SIG_IGN);
  Pipe in;
  if (options.input == Input::kPipe) in = make_pipe();
  if (options.input == Input::kTerminal) in = make_terminal(options.columns);
  if (options.input == Input::kDevNull) in.read_end = open_null(O_RDONLY);
  const bool terminal = options.input == Input::kTerminal;
  const Pipe out = terminal ? Pipe{checked(::fcntl(in.write_end, F_DUPFD_CLOEXEC, 3), "dup"),
                                   checked(::fcntl(in.read_end, F_DUPFD_CLOEXEC, 3), "dup")}
                            : make_output(options);
  const Pipe err = make_output(options);
  std::vector<std::string> arguments = options.launcher;
  for (std::string& word : wrapped(command)) arguments.push_back(std::move(word));
  std::vector<std::string> variables = child_environment(options);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  pid_ = checked(::fork(), "fork");
  if (pid_ == 0) {
    prepare_child(options, in.read_end, out.write_end, err.write_end);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  if (in.read_end >= 0) ::close(in.read_end);
  ::close(out.write_end);
  ::close(err.write_end);
  input_fd_ = in.write_end;
  streams_[kOut].fd = out.read_end;
  streams_[kErr].fd = err.read_end;
  pid_fd_ = checked(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)), "pidfd_open");
}

Process::~Process() {
  if (!exit_code_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  close_input();
  for (const Output& stream : streams_) {
    if (stream.fd >= 0) ::close(stream.fd);
  }
  ::close(pid_fd_);
}

void Process::read_some(Output& output) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(output.fd, buffer.data(), buffer.size());
  if (got > 0) {
    output.text.append(buffer.data(), static_cast<std::size_t>(got));
  } else if (got == 0 || errno != EINTR) {  // a terminal whose program has gone says EIO
    ::close(output.fd);
    output.fd = -1;
  }
}

bool Process::pump(Deadline deadline) {
  std::array<pollfd, 3> fds{pollfd{streams_[kOut].fd, POLLIN, 0},
                            pollfd{streams_[kErr].fd, POLLIN, 0},
                            pollfd{exit_code_ ? -1 : pid_fd_, POLLIN, 0}};
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  const int timeout_ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  const int ready = ::poll(fds.data(), fds.size(), timeout_ms);
  if (ready == 0) return false;
  if (ready < 0) return errno == EINTR;
  for (const Stream stream : {kOut, kErr}) {
    if (fds[stream].revents != 0) read_some(streams_[stream]);
  }
  if (fds[2].revents != 0) {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return true;
}

std::optional<std::string> Process::wait_for_line(Stream stream, const std::string& text,
                                                  Timeout timeout) {
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  Output& output = streams_[stream];
  for (;;) {
    for (std::size_t end = 0;
         (end = output.text.find('\n', output.consumed_bytes)) != std::string::npos;) {
      std::string line = output.text.substr(output.consumed_bytes, end - output.consumed_bytes);
      output.consumed_bytes = end + 1;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.find(text) != std::string::npos) return line;
    }
    if (output.fd < 0 || !pump(deadline)) return std::nullopt;
  }
}

bool Process::wait_for_text(Stream stream, const std::string& text, Timeout timeout) {
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  Output& output = streams_[stream];
  for (;;) {
    const std::size_t at = output.text.find(text, output.consumed_bytes);
    if (at != std::string::npos) {
      output.consumed_bytes = at + text.size();
      return true;
    }
    if (output.fd < 0 || !pump(deadline)) return false;
  }
}

std::optional<int> Process::wait_exit(Timeout timeout) {
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  while (!exit_code_) {
    if (!pump(deadline)) return std::nullopt;
  }
  // What it said last may still be in the pipes.
  for (Output& stream : streams_) {
    while (stream.fd >= 0) {
      pollfd fd{stream.fd, POLLIN, 0};
      if (::poll(&fd, 1, 0) <= 0) break;
      read_some(stream);
    }
  }
  return exit_code_;
}

std::optional<int> Process::finish(Timeout timeout) {
  close_input();
  return wait_exit(timeout);
}

void Process::write(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(input_fd_, text.data() + written, text.size() - written);
    if (n < 0 && errno != EINTR) return;  // it has gone; its exit code says more
    if (n > 0) written += static_cast<std::size_t>(n);
  }
}

void Process::resize(unsigned short columns) {
  const winsize size{24, columns, 0, 0};
  checked(::ioctl(input_fd_, TIOCSWINSZ, &size), "TIOCSWINSZ");
}

void Process::close_input() {
  if (input_fd_ >= 0) ::close(input_fd_);
  input_fd_ = -1;
}

void Process::signal(int number) {
  if (!exit_code_) ::kill(pid_, number);
  if (number != SIGSTOP) return;
  siginfo_t stopped{};  // its threads run on until the last of them has seen the signal
  ::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED);
}

std::chrono::milliseconds Process::cpu_time() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;  // up to field 13 of proc(5)
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

}  // namespace comcat::testing
