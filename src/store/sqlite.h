#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "absl/status/status.h"

namespace comcat::store {

/// One execution of a prepared statement, which is ready for the next when this goes.
/// Threads    one: that of its Sqlite.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  Query& bind(int at, std::int64_t value);
  /// `value` outlives the query.
  Query& bind(int at, std::string_view value);

  /// True where there is a row; false at the end, or at an error that Sqlite::fault() knows.
  [[nodiscard]] bool step() { return (result_ = sqlite3_step(statement_)) == SQLITE_ROW; }
  /// True where step() came to the end and not to an error.
  [[nodiscard]] bool is_done() const { return result_ == SQLITE_DONE; }
  /// Runs a statement without rows; false at an error.
  [[nodiscard]] bool run() { return !step() && is_done(); }

  [[nodiscard]] std::int64_t integer(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  /// Valid until the next step.
  [[nodiscard]] std::string_view text(int column) const;

 private:
  sqlite3_stmt* const statement_;
  int result_ = SQLITE_OK;
};

/// A connection to one SQLite file. Threads: one at a time.
class Sqlite {
 public:
  using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

  /// Opens a file that is there, and follows no link. Look at ok().
  explicit Sqlite(const std::string& path);

  [[nodiscard]] bool ok() const { return opened_ == SQLITE_OK; }
  /// Null where the statement cannot be prepared.
  [[nodiscard]] Statement prepare(const char* sql);
  /// Runs statements whose rows are of no interest.
  [[nodiscard]] bool run(const char* sql);
  /// The first column of a statement's first row; "" where there is none. Look at fault_code() too.
  [[nodiscard]] std::string value(const char* sql);
  /// True between BEGIN and COMMIT.
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  /// What failed last, in a few words: "the disk is full".
  [[nodiscard]] std::string fault() const;
  /// True where what failed last says that the file is damaged, or no database.
  [[nodiscard]] bool is_damaged() const;
  [[nodiscard]] bool is_full() const;

 private:
  std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> handle_{nullptr, &sqlite3_close_v2};
  int opened_ = SQLITE_ERROR;
};

}  // namespace comcat::store
