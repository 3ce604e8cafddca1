#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace comcat::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// One key=value pair of a log line. The value may come from the network: it is made safe for a
/// terminal and quoted where it holds spaces.
struct LogField {
  LogField(std::string_view field_key, std::string_view field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, std::integral auto field_value)
      : key(field_key), value(std::to_string(field_value)) {}
  std::string_view key;
  std::string value;
};

/// Lines below `level` are dropped. Call once, before other threads start.
void set_log_level(LogLevel level);

/// "debug", "info", "warning" or "error"; false for another word.
[[nodiscard]] bool parse_log_level(std::string_view word, LogLevel& level);

/// Writes one line to stderr with a single write(2), of at most PIPE_BUF (4096) bytes:
///   2026-01-02T03:04:05.678Z info joined session=7 name=an
/// `event` is a fixed word or phrase of ours, never text from outside. A given event is written at
/// most 20 times a second; what was held back is counted in the next line of that event
/// (suppressed=N). Where stderr takes nothing, because nobody reads the pipe, the line is lost
/// rather than waited for, and counted in the next line of any event (lost=N).
/// Threads: any; not from a sound card's thread.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace comcat::base
