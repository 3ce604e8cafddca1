#include "sqlite.h"

#include <cerrno>
#include <cstring>

namespace comcat::store {
namespace {

constexpr int kBusyMs = 2'000;  // somebody makes a backup

}  // namespace

Query& Query::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(statement_, at, value);
  return *this;
}

Query& Query::bind(int at, std::string_view value) {
  sqlite3_bind_text64(statement_, at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

std::string_view Query::text(int column) const {
  // In this order: the first may convert, and only then the length is that of the text.
  const unsigned char* const text = sqlite3_column_text(statement_, column);
  const int bytes = sqlite3_column_bytes(statement_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes)};
}

Sqlite::Sqlite(const std::string& path) {
  sqlite3* handle = nullptr;
  opened_ = sqlite3_open_v2(
      path.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
      nullptr);
  handle_.reset(handle);
  if (ok()) sqlite3_busy_timeout(handle, kBusyMs);
}

Sqlite::Statement Sqlite::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return {statement, &sqlite3_finalize};
}

bool Sqlite::run(const char* sql) {
  return sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::string Sqlite::value(const char* sql) {
  const Statement statement = prepare(sql);
  if (!statement) return "";
  Query query(statement.get());
  return query.step() ? std::string(query.text(0)) : "";
}

std::string Sqlite::fault() const {
  if (is_full()) return "the disk is full";
  const int code = sqlite3_extended_errcode(handle_.get());
  const int error = sqlite3_system_errno(handle_.get());
  const bool of_system = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
  return of_system && error != 0 ? std::strerror(error) : sqlite3_errstr(code);
}

bool Sqlite::is_damaged() const {
  const int code = sqlite3_errcode(handle_.get()) & 0xFF;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

bool Sqlite::is_full() const {
  const int code = sqlite3_errcode(handle_.get()) & 0xFF;
  const int error = sqlite3_system_errno(handle_.get());
  return code == SQLITE_FULL || (code == SQLITE_IOERR && (error == ENOSPC || error == EDQUOT));
}

}  // namespace comcat::store
