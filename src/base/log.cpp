#include "comcat/base/log.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <utility>

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

std::string quoted(std::string_view value) {
  const std::string safe = safe_text(value);
  if (!safe.empty() && safe.find_first_of(" \"=\\") == std::string::npos) return safe;
  std::string out = "\"";
  for (const char c : safe) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
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
  if (suppressed > 0) line.append(" suppressed=").append(std::to_string(suppressed));
  line += '\n';
  // A line that cannot be written has nowhere else to go.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace comcat::base
