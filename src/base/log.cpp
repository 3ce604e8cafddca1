#include "comcat/base/log.h"

#include <atomic>
#include <climits>
#include <cstdint>
#include <map>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "comcat/base/text.h"

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace comcat::base {
namespace {

constexpr int kMaxLinesPerSecond = 20;

std::atomic<LogLevel> minimum_level{LogLevel::kInfo};

/// How many lines an event has had in the running second.
struct Budget {
  std::int64_t second = 0;
  int lines = 0;
  int suppressed = 0;
};

absl::Mutex mutex;
/// Lines since the last one written that stderr did not take.
int lost ABSL_GUARDED_BY(mutex) = 0;
std::map<std::string, Budget, std::less<>>& budgets() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
  static auto* const map = new std::map<std::string, Budget, std::less<>>;
  return *map;
}

/// Takes one line from `event`'s budget; false when it is used up. On success `suppressed` is how
/// many lines were held back since the last one written.
bool take_line(std::string_view event, absl::Time now, int& suppressed) {
  const absl::MutexLock lock(&mutex);
  auto found = budgets().find(event);
  if (found == budgets().end()) found = budgets().emplace(std::string(event), Budget{}).first;
  Budget& budget = found->second;
  const std::int64_t second = absl::ToUnixSeconds(now);
  if (budget.second != second) {
    budget.second = second;
    budget.lines = 0;
  }
  if (budget.lines >= kMaxLinesPerSecond) {
    ++budget.suppressed;
    return false;
  }
  ++budget.lines;
  suppressed = std::exchange(budget.suppressed, 0);
  return true;
}

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

constexpr std::size_t kMaxValueBytes = 512;

std::string quoted(std::string_view value) {
  const std::string safe = safe_text(value, kMaxValueBytes, Joiners::kKept);
  if (!safe.empty() && safe.find_first_of(" \"=\\") == std::string::npos) return safe;
  std::string out = "\"";
  for (const char c : safe) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// Cuts `line` to what a pipe that polls writable takes whole, with `end` and a line break.
void fit(std::string& line, const std::string& end) {
  const std::size_t room = PIPE_BUF - end.size() - 1;
  if (line.size() <= room) return;
  std::size_t cut = room;
  while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
  line.resize(cut);
}

/// Where lines go. O_NONBLOCK would belong to everyone who shares stderr with us, so poll(2) has to
/// tell whether a write returns at once: a pipe that polls writable takes PIPE_BUF bytes. A
/// terminal promises one byte, so it is opened once more, without blocking, for us alone.
int output() {
  static const int fd = [] {
    if (::isatty(STDERR_FILENO) != 1) return STDERR_FILENO;
    const int own = ::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return own < 0 ? STDERR_FILENO : own;
  }();
  return fd;
}

/// No other thread comes between the poll and the write: it would take the room.
void write_unless_it_blocks(std::string line, int suppressed) {
  const absl::MutexLock lock(&mutex);
  pollfd out{output(), POLLOUT, 0};
  bool written = false;
  if (poll(&out, 1, 0) == 1 && out.revents == POLLOUT) {
    std::string end;
    if (suppressed > 0) end.append(" suppressed=").append(std::to_string(suppressed));
    if (lost > 0) end.append(" lost=").append(std::to_string(lost));
    fit(line, end);
    line.append(end) += '\n';
    written = ::write(out.fd, line.data(), line.size()) >= 0;
  }
  lost = written ? 0 : lost + 1 + suppressed;
}

}  // namespace

void set_log_level(LogLevel level) {
  minimum_level = level;
}

bool parse_log_level(std::string_view word, LogLevel& level) {
  for (const LogLevel candidate :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (word == name(candidate)) {
      level = candidate;
      return true;
    }
  }
  return false;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < minimum_level.load(std::memory_order_relaxed)) return;
  const absl::Time now = absl::Now();
  int suppressed = 0;
  if (!take_line(event, now, suppressed)) return;
  std::string line = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", now, absl::UTCTimeZone());
  (line += ' ').append(name(level)).append(" ").append(event);
  for (const LogField& field : fields) {
    (line += ' ').append(field.key).append("=").append(quoted(field.value));
  }
  write_unless_it_blocks(std::move(line), suppressed);
}

}  // namespace comcat::base
