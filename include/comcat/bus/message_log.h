#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace comcat::bus {

/// One message of a log.
struct LogEntry {
  std::uint64_t number = 0;  // greater than those of all before it; some are nobody's
  std::chrono::sys_time<std::chrono::milliseconds> time{};  // when it was kept, for all the same
  std::string topic;
  std::string bytes;
  bool earlier = false;  // it was there before this follower first was
};

/// How far one has read a log. What one has of another log, which has another origin, says nothing.
struct LogPosition {
  std::uint64_t origin = 0;  // of the log: when it was made, in ms since 1970. 0: of none
  std::uint64_t number = 0;  // one has all up to it
};

/// Some entries, in order, and all that there are from after.number on to the last.
struct LogPage {
  LogPosition after;
  std::vector<LogEntry> entries;  // one at least
};

/// What a log has done. Threads: any.
struct LogCounters {
  std::atomic<bool> available{false};     // as far as is known
  std::atomic<std::uint64_t> foreign{0};  // came, and were no messages of a log
};

/// Messages of many servers in one order, which an engine keeps and all of them follow: what is
/// appended anywhere comes to everybody, in the order of its numbers, sooner or later.
///
/// Outages    it goes on trying to reach the engine for as long as it lives. A follower gets what
///            it has missed first, and nothing twice.
/// Threads    append(): any, and it never waits. The rest: the owner's.
/// Ownership  whatever the callbacks refer to outlives the log.
class MessageLog {
 public:
  /// How long an entry is tried to be kept.
  static constexpr std::chrono::seconds kPatience{2};
  static constexpr std::size_t kMaxBytes = 6 * 1024;  // of one entry
  /// What is to be kept. Who has the same id as another of the last two minutes is the same.
  struct Record {
    std::string topic;  // one word of letters, digits, - and _
    std::string bytes;  // at most kMaxBytes
    std::string id;     // without spaces
  };
  /// Told its number once it is kept. kUnavailable: it is not, kDeadlineExceeded: nobody knows;
  /// with why in a few words, safe to print.
  using OnAppended = std::function<void(const absl::StatusOr<std::uint64_t>& number)>;
  /// False where it cannot be taken now: it comes again a little later, and nothing before it.
  using OnPage = std::function<bool(const LogPage& page)>;

  virtual ~MessageLog() = default;

  /// Called once, unless the log ends before. False, and nothing is told, where too many wait.
  [[nodiscard]] virtual bool append(Record record, OnAppended on_appended) = 0;
  /// Has `on_page` called for all after `position`, from one thread of the log's; what it is told
  /// by `from_now` is but what is appended from now on. Once.
  virtual void follow(LogPosition position, bool from_now, OnPage on_page) = 0;
  /// For whoever outlives the log.
  [[nodiscard]] virtual std::shared_ptr<const LogCounters> counters() const = 0;
};

}  // namespace comcat::bus
