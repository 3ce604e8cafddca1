#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "comcat/store/keeper.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::store {

class Database;

struct JournalOptions {
  std::filesystem::path directory;                // where history.db is, or is made
  std::chrono::hours keep{24};                    // what is older is deleted, each hour
  std::uint64_t max_bytes = 256UL * 1024 * 1024;  // beyond it the oldest go earlier
  bool follows_log = false;                       // it may be asked to Place texts
  std::function<WallTime()> wall_clock{};         // empty: the system's
};

/// Texts that last: SQLite on a thread of its own. Whatever waits to be kept goes into one
/// transaction, which is on the disk (synchronous=FULL) before anything in it is answered.
///
/// Capacity   kMaxRequests; ask() refuses more.
/// Threads    ask() from any, and never waits for the disk. The rest from the owner's. The answers
///            are given on the journal's own.
/// Ownership  whatever the sink refers to outlives the journal.
class Journal final : public Keeper {
 public:
  static constexpr std::size_t kMaxRequests = 1024;
  /// Answers that became true at once, in order.
  using Sink = std::function<void(std::vector<Answer>)>;

  /// Opens the file, or makes it. An error is one sentence that says what to do.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Journal>> open(JournalOptions options);
  /// Keeps what still waits, then ends; what it answers then, the sink still gets.
  ~Journal() override;

  /// Begins to answer. Once.
  void start(Sink sink);

  [[nodiscard]] bool ask(Request request) override ABSL_LOCKS_EXCLUDED(mutex_);

  /// How far the file has kept a log, as it was when it was opened.
  [[nodiscard]] Followed followed() const { return followed_; }

 private:
  Journal(JournalOptions options, std::unique_ptr<Database> database);
  void run();
  /// All that waits; empty where that is nothing and an hour has passed, or the end has come.
  [[nodiscard]] std::deque<Request> take() ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] bool is_ending() const ABSL_LOCKS_EXCLUDED(mutex_);
  void answer_all(std::deque<Request> requests);
  [[nodiscard]] std::vector<Answer> append_next(std::deque<Request>& requests);
  [[nodiscard]] std::vector<Answer> read_next(std::deque<Request>& requests);
  [[nodiscard]] std::vector<Answer> place_next(std::deque<Request>& requests);
  void forget_hourly();

  const JournalOptions options_;
  const std::unique_ptr<Database> database_;  // its thread's, once that has started
  const Followed followed_;
  Sink sink_;
  WallTime forget_at_{};
  mutable absl::Mutex mutex_;
  std::deque<Request> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace comcat::store
