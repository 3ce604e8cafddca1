#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "comcat/store/keeper.h"

#include "absl/status/statusor.h"
#include "sqlite.h"

namespace comcat::store {

/// The texts of all rooms in one SQLite file, and the statements that put them there, find them and
/// delete them.
///
/// Numbers    of a room go up by one from text to text. Those of a room of which nothing is kept
///            any more begin at the time, in ms since 1970: so they only ever rise, without a
///            memory of every room that ever was, and also where the file was lost. Texts of a log
///            have its numbers, which rise as well.
/// Capacity   Options::max_bytes; when that is reached, the oldest texts go.
/// Threads    one at a time; every call may wait for the disk.
/// Time       the caller's.
class Database {
 public:
  static constexpr std::size_t kMaxPageTexts = 100;
  static constexpr std::size_t kMaxPageBytes = 8 * 1024;  // of names and texts
  static constexpr std::size_t kOverheadBytes = 64;       // counted for each text besides

  struct Options {
    std::filesystem::path directory;
    std::chrono::hours keep{24};
    std::uint64_t max_bytes = 256UL * 1024 * 1024;
    bool follows_log = false;  // place() may be called
  };
  struct Page {
    std::vector<Text> texts;  // in the order of their numbers
    bool more = false;
  };

  /// Opens `directory`/history.db, or makes it. A file that is damaged is moved aside, which is
  /// logged, and a new one begun. An error is one sentence.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Database>> open(const Options& options,
                                                                      WallTime now);

  /// Keeps all of `texts`, or none. They are on the disk once this has returned.
  [[nodiscard]] absl::StatusOr<std::vector<Text>> append(const std::vector<const Append*>& texts,
                                                         WallTime now);
  [[nodiscard]] absl::StatusOr<Page> read(const Read& wanted, WallTime now);

  /// Keeps all of them, or none. How far the log is kept goes on only where nothing is missing.
  [[nodiscard]] absl::Status place(const Place& place);
  /// How far a log is kept; zeros where none is.
  [[nodiscard]] Followed followed();

  /// Deletes what is older than Options::keep, and overwrites where it was.
  [[nodiscard]] absl::Status forget(WallTime now);

 private:
  Database(const Options& options, std::unique_ptr<Sqlite> sqlite)
      : options_(options), sqlite_(std::move(sqlite)) {}

  [[nodiscard]] bool prepare();
  [[nodiscard]] bool prepare_to_follow();
  [[nodiscard]] bool begin() { return sqlite_->run("BEGIN IMMEDIATE"); }
  /// What failed, after undoing what was not committed.
  absl::Status give_up(const char* doing);
  /// Stores one text within a transaction; its number, 0 where that failed.
  std::uint64_t insert(const Append& text, WallTime now);
  [[nodiscard]] bool place(const LoggedText& text);
  [[nodiscard]] bool note_followed(const Place& place);
  /// The newest number of a room; 0 where nothing is kept of it.
  [[nodiscard]] std::uint64_t newest(const std::string& room);
  [[nodiscard]] std::int64_t oldest_shown_ms(WallTime now) const;
  /// Has the oldest go while there is too much.
  void make_room();
  [[nodiscard]] std::uint64_t used_bytes();

  const Options options_;
  const std::unique_ptr<Sqlite> sqlite_;
  Sqlite::Statement newest_{nullptr, &sqlite3_finalize};
  Sqlite::Statement insert_{nullptr, &sqlite3_finalize};
  Sqlite::Statement place_{nullptr, &sqlite3_finalize};
  Sqlite::Statement followed_{nullptr, &sqlite3_finalize};
  Sqlite::Statement follow_{nullptr, &sqlite3_finalize};
  Sqlite::Statement before_{nullptr, &sqlite3_finalize};
  Sqlite::Statement after_{nullptr, &sqlite3_finalize};
  Sqlite::Statement forget_{nullptr, &sqlite3_finalize};
  Sqlite::Statement trim_{nullptr, &sqlite3_finalize};
  Sqlite::Statement size_{nullptr, &sqlite3_finalize};
};

}  // namespace comcat::store
