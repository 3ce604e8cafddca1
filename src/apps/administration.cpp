#include "administration.h"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/text.h"
#include "comcat/base/write.h"
#include "comcat/server/admin.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_split.h"
#include "program.h"
#include "user.h"

ABSL_FLAG(std::string, admin, "",
          "ask the server that runs with the same --state_dir, in words, and print its answer: "
          "help, rooms, who, kick, ban, mute, close, say, drain and more");
ABSL_FLAG(std::string, admin_socket, "admin.sock",
          "the Unix socket for --admin, of mode 0600; a relative path is in --state_dir; empty: "
          "none");

namespace comcat::apps {
namespace {

constexpr const char* kDefaultSocket = "admin.sock";
constexpr std::size_t kMaxLineBytes = 4096;

/// The path of the admin socket; "" where there is to be none.
absl::StatusOr<std::string> admin_socket(const std::string& state_dir) {
  const std::filesystem::path given = absl::GetFlag(FLAGS_admin_socket);
  if (given.empty() || given.is_absolute()) return given.string();
  const absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  if (!state.ok()) return state.status();
  return (*state / given).string();
}

/// Whether the socket is there for somebody else; what is not there is nobody's.
bool is_anothers(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return errno == EACCES;
  return ::geteuid() != 0 && found.st_uid != ::geteuid();
}

}  // namespace

bool is_administration() {
  return was_given("admin");
}

absl::Status prepare_hosts(server::ServerOptions& options, const std::string& state_dir) {
  const absl::StatusOr<std::string> socket = admin_socket(state_dir);
  options.needs_admin_socket = absl::GetFlag(FLAGS_admin_socket) != kDefaultSocket;
  if (!socket.ok() && options.needs_admin_socket) return socket.status();
  if (!socket.ok() || socket->empty()) return absl::OkStatus();
  options.admin_socket = *socket;
  const absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  if (!state.ok()) return state.status();
  std::error_code known_by_whoever_uses_it;
  std::filesystem::create_directories(*state, known_by_whoever_uses_it);
  options.books.bans_directory = *state;
  options.hub.hosts.drain = [] { kill(getpid(), SIGTERM); };
  return absl::OkStatus();
}

int administer(const std::string& state_dir) {
  const absl::StatusOr<std::string> path = admin_socket(state_dir);
  if (!path.ok()) return fail(Exit::kUsage, std::string(path.status().message()));
  if (path->empty()) {
    return fail(Exit::kUsage, "--admin needs the --admin_socket that the server has");
  }
  if (absl::GetFlag(FLAGS_admin).empty()) {
    return fail(Exit::kUsage, "--admin needs words, for example --admin help");
  }
  const absl::StatusOr<std::string> answer = server::ask_admin(*path, absl::GetFlag(FLAGS_admin));
  if (answer.ok()) {
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(*answer, '\n'))) {
      base::write_fully(STDOUT_FILENO, base::safe_text(line, kMaxLineBytes) + "\n");
    }
    return static_cast<int>(Exit::kStopped);
  }
  if (absl::IsUnavailable(answer.status()) && is_anothers(*path)) {
    return fail(Exit::kRefused, "the admin socket " + base::safe_text(*path) +
                                    " is another user's; ask as that user, or as root");
  }
  if (absl::IsUnavailable(answer.status())) {
    return fail(Exit::kUnreachable, "no server answers on " + base::safe_text(*path) +
                                        "; start one there, as the same user, or give its "
                                        "--state_dir or --admin_socket");
  }
  const bool usage = absl::IsInvalidArgument(answer.status());
  return fail(usage ? Exit::kUsage : Exit::kRefused, std::string(answer.status().message()));
}

}  // namespace comcat::apps
