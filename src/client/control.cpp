#include "comcat/client/control.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>

#include "comcat/base/clock.h"
#include "comcat/base/text.h"
#include "comcat/base/unix_socket.h"
#include "comcat/client/control_peer.h"

#include "absl/strings/str_split.h"

namespace comcat::client {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kMaxAnswerBytes = std::size_t{8} << 20;  // everyone of a large room

/// Answers that are lists, or say that nothing was done.
constexpr std::array<std::string_view, 9> kForTheAskerAlone{
    "error", "done", "who", "rooms", "history", "stats", "levels", "devices", "help"};

absl::Status unavailable(const std::string& sentence) {
  return absl::UnavailableError(sentence);
}

/// Waits for `events` at `fd`; false at the deadline.
bool wait_for(int fd, short events, base::Time deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - base::steady_now());
  pollfd ready{fd, events, 0};
  return ::poll(&ready, 1, static_cast<int>(std::max(left, milliseconds(0)).count())) > 0;
}

/// The line that comes, without its end; nothing where none does.
std::optional<std::string> read_line(int fd, base::Time deadline) {
  std::string line;
  while (line.size() < kMaxAnswerBytes && wait_for(fd, POLLIN, deadline)) {
    std::array<char, 16 * 1024> buffer{};
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return std::nullopt;
    line.append(buffer.data(), static_cast<std::size_t>(got));
    if (line.ends_with('\n')) return line.substr(0, line.size() - 1);
  }
  return std::nullopt;
}

bool write_line(int fd, const std::string& line, base::Time deadline) {
  const std::string text = line + "\n";
  std::string_view rest = text;
  while (!rest.empty() && wait_for(fd, POLLOUT, deadline)) {
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return rest.empty();
}

std::string safe_lines(const std::string& text) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    out += (out.empty() ? "" : "\n") +
           base::safe_text(std::string(line), line.size() * 3, base::Joiners::kKept);
  }
  return out;
}

std::optional<ControlAnswer> parse_answer(const std::string& line) {
  const json fields = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!fields.is_object()) return std::nullopt;
  const auto text_of = [&](const char* key) {
    const auto found = fields.find(key);
    return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string event = text_of("event");
  if (event.empty()) return std::nullopt;
  return ControlAnswer{event != "error", safe_lines(text_of("text")), safe_lines(line)};
}

}  // namespace

JsonCommand parse_control_line(const std::string& line) {
  if (is_json(line)) return parse_json_command(line);
  return {parse_command(line), {}};
}

bool concerns_user(const Report& answer) {
  return std::ranges::find(kForTheAskerAlone, answer.event) == kForTheAskerAlone.end();
}

absl::StatusOr<ControlAnswer> send_control(const std::string& path, const std::string& line) {
  const JsonCommand command = parse_control_line(line);
  if (!command.command.ok()) return command.command.status();
  if (line.find('\n') != std::string::npos || line.size() > ControlPeer::kMaxLineBytes) {
    return absl::InvalidArgumentError("a command is one line of at most 8192 bytes");
  }
  const std::string where = base::safe_text(path);
  const absl::StatusOr<base::FileDescriptor> client = base::connect_to_unix_socket(path);
  if (!client.ok()) {
    return unavailable("no comcat-client can be reached at " + where + ": " +
                       std::string(client.status().message()) +
                       "; one that is in a call with --control " + where + " takes commands there");
  }
  const base::Time deadline = base::steady_now() + kPatience;
  std::optional<std::string> answer;
  if (write_line(client->get(), line, deadline)) answer = read_line(client->get(), deadline);
  if (answer) {
    if (std::optional<ControlAnswer> parsed = parse_answer(*answer)) return *std::move(parsed);
  }
  return unavailable(base::steady_now() < deadline
                         ? "the comcat-client at " + where +
                               " has hung up; it takes commands of its own "
                               "user alone, unless it has just ended"
                         : "the comcat-client at " + where +
                               " gave no answer within 5 s; it may not be in its call yet");
}

}  // namespace comcat::client
