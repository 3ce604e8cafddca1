#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "comcat/base/event.h"
#include "comcat/bus/jetstream.h"
#include "comcat/bus/message_log.h"

#include "bus/fixtures.h"
#include "support/nats_server.h"

namespace comcat::bus {

/// What has come to somebody who follows a log, which may go before it does.
class Followed {
 public:
  explicit Followed(MessageLog& log, LogPosition position = {}, bool from_now = false) {
    log.follow(position, from_now, [it = it_](const LogPage& page) {
      const absl::MutexLock lock(&it->mutex);
      if (it->refuses) return false;
      it->entries.insert(it->entries.end(), page.entries.begin(), page.entries.end());
      it->position = {page.after.origin, page.entries.back().number};
      return true;
    });
  }

  /// Whether there are as many at last.
  [[nodiscard]] bool reaches(std::size_t count) {
    return comes_true([&]()
                          ABSL_NO_THREAD_SAFETY_ANALYSIS { return it_->entries.size() >= count; });
  }
  [[nodiscard]] bool comes_to(const std::string& bytes) {
    return comes_true([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return std::ranges::count(it_->entries, bytes, &LogEntry::bytes) > 0;
    });
  }
  [[nodiscard]] std::vector<LogEntry> entries() const {
    const absl::MutexLock lock(&it_->mutex);
    return it_->entries;
  }
  [[nodiscard]] std::vector<std::string> bytes() const {
    std::vector<std::string> out;
    for (const LogEntry& entry : entries()) out.push_back(entry.bytes);
    return out;
  }
  [[nodiscard]] bool rises() const {
    const std::vector<LogEntry> all = entries();
    return std::ranges::adjacent_find(all, std::ranges::greater_equal{}, &LogEntry::number) ==
           all.end();
  }
  [[nodiscard]] LogPosition position() const {
    const absl::MutexLock lock(&it_->mutex);
    return it_->position;
  }
  void refuse(bool all) {
    const absl::MutexLock lock(&it_->mutex);
    it_->refuses = all;
  }

 private:
  struct Kept {
    absl::Mutex mutex;
    std::vector<LogEntry> entries ABSL_GUARDED_BY(mutex);
    LogPosition position ABSL_GUARDED_BY(mutex);
    bool refuses ABSL_GUARDED_BY(mutex) = false;
  };

  template <typename Holds>
  [[nodiscard]] bool comes_true(Holds holds) {
    const absl::MutexLock lock(&it_->mutex);
    return it_->mutex.AwaitWithTimeout(absl::Condition(&holds), absl::FromChrono(kPatience));
  }

  const std::shared_ptr<Kept> it_ = std::make_shared<Kept>();
};

/// A log in JetStream of `nats`.
inline std::unique_ptr<MessageLog> join_log(const testing::NatsServer& nats) {
  return make_jetstream_log({.urls = {nats.url()}, .name = "test"},
                            {.stream = "log", .subject = "comcat.test.log"});
}

/// What came of appending it; unless told, with an id of its own.
inline absl::StatusOr<std::uint64_t> append(MessageLog& log, const std::string& bytes,
                                            std::string id = "") {
  static std::atomic<int> last_id = 0;
  if (id.empty()) id = "test-" + std::to_string(++last_id);
  const auto done = std::make_shared<base::Event>();
  const auto got = std::make_shared<absl::StatusOr<std::uint64_t>>(absl::UnknownError("no answer"));
  const bool taken = log.append({"topic", bytes, id}, [done, got](const auto& number) {
    *got = number;
    done->set();
  });
  if (!taken) return absl::ResourceExhaustedError("too many");
  return done->wait_for(kPatience) ? *got : absl::UnknownError("no answer");
}

/// Tries until it is kept.
inline bool append_at_last(MessageLog& log, const std::string& bytes) {
  const base::Time deadline = base::steady_now() + kPatience;
  while (base::steady_now() < deadline) {
    if (append(log, bytes, "at-last-" + bytes).ok()) return true;
  }
  return false;
}

}  // namespace comcat::bus
