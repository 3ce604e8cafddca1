#include "support/child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace comcat::test {
namespace {

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0 ? name : "";
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string full = folder + "/" + name;
    if (access(full.c_str(), X_OK) == 0) return full;
  }
  return "";
}

std::vector<std::string> joined_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    if (!added.contains(line.substr(0, line.find('=')))) out.push_back(line);
  }
  for (const auto& [key, value] : added) out.push_back(key + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> out;
  for (std::string& line : lines) out.push_back(line.data());
  out.push_back(nullptr);
  return out;
}

/// In the child, where only async-signal-safe functions may be called.
[[noreturn]] void become(const char* program, char** arguments, char** environment, int input,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = open("/dev/null", O_WRONLY);
  dup2(input, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  execve(program, arguments, environment);
  _exit(127);
}

}  // namespace

std::unique_ptr<Child> Child::start(const std::vector<std::string>& command,
                                    const std::map<std::string, std::string>& environment) {
  const std::string program = find_program(command.front());
  int ends[2];
  if (program.empty() || pipe2(ends, O_CLOEXEC) != 0) return nullptr;
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = joined_environment(environment);
  const std::vector<char*> argument_list = pointers(arguments);
  const std::vector<char*> variable_list = pointers(variables);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    become(program.c_str(), const_cast<char**>(argument_list.data()),
           const_cast<char**>(variable_list.data()), ends[0], parent);
  }
  close(ends[0]);
  const int handle = pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) {
    close(ends[1]);
    return nullptr;
  }
  return std::unique_ptr<Child>(new Child(pid, handle, ends[1]));
}

Child::~Child() {
  close_input();
  send(SIGTERM);
  if (!wait(std::chrono::seconds(5))) {
    send(SIGKILL);
    (void)wait(std::chrono::seconds(5));
  }
  close(handle_);
}

void Child::close_input() {
  if (input_ >= 0) close(input_);
  input_ = -1;
}

std::optional<int> Child::finish(std::chrono::milliseconds timeout) {
  close_input();
  return wait(timeout);
}

void Child::send(int signal) const {
  if (!ended_) syscall(SYS_pidfd_send_signal, handle_, signal, nullptr, 0);
}

std::optional<int> Child::wait(std::chrono::milliseconds timeout) {
  if (ended_) return ended_;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  struct pollfd ended {
    handle_, POLLIN, 0
  };
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int ready = poll(&ended, 1, static_cast<int>(std::max<long>(0, left.count())));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    break;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended_;
}

}  // namespace comcat::test
