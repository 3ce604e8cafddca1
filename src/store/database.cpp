#include "database.h"

#include <algorithm>
#include <string>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/store/row.h"

#include "history_file.h"
#include "schema.h"

namespace comcat::store {
namespace {

using base::LogLevel;

constexpr int kTrimmed = 100;  // texts that go at once when there is too much

constexpr const char* kFollowedTable =
    "CREATE TABLE IF NOT EXISTS followed ("
    "  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),"
    "  origin INTEGER NOT NULL,"  // of the log
    "  number INTEGER NOT NULL"   // up to which nothing of it is missing
    ") STRICT;";

/// Takes rows into `page` while there is room for them.
void fill(Query& query, std::size_t most, Database::Page& page) {
  std::size_t bytes = 0;
  std::size_t rows = 0;
  while (query.step()) {
    std::optional<Text> text =
        decode({query.integer(0), query.integer(1), query.text(2), query.text(3)});
    if (!text) {
      base::log(LogLevel::kWarning, "history_row_left_out", {{"number", query.integer(0)}});
      continue;
    }
    bytes += text->name.size() + text->text.size() + Database::kOverheadBytes;
    if (++rows > most || (rows > 1 && bytes > Database::kMaxPageBytes)) {
      page.more = true;
      return;
    }
    page.texts.push_back(*std::move(text));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::open(const Options& options, WallTime now) {
  const absl::StatusOr<std::string> path = claim_history_file(options.directory);
  if (!path.ok()) return path.status();
  auto sqlite = std::make_unique<Sqlite>(*path);
  absl::Status ready = prepare_schema(*sqlite, *path);
  if (absl::IsDataLoss(ready)) {
    sqlite.reset();
    const absl::StatusOr<std::string> aside = move_aside(*path, now);
    if (!aside.ok()) return aside.status();
    base::log(LogLevel::kError, "history_moved_aside",
              {{"why", std::string(ready.message())}, {"file", *aside}});
    if (const auto made = claim_history_file(options.directory); !made.ok()) return made.status();
    sqlite = std::make_unique<Sqlite>(*path);
    ready = prepare_schema(*sqlite, *path);
  }
  if (!ready.ok()) return ready;
  std::unique_ptr<Database> database(new Database(options, std::move(sqlite)));
  if (!database->prepare()) return cannot("use", *path, database->sqlite_->fault());
  if (absl::Status forgot = database->forget(now); !forgot.ok()) {
    base::log(LogLevel::kError, "history_not_deleted", {{"why", std::string(forgot.message())}});
  }
  return database;
}

bool Database::prepare() {
  newest_ = sqlite_->prepare("SELECT max(number) FROM texts WHERE room = ?1");
  insert_ = sqlite_->prepare(
      "INSERT INTO texts (room, number, time_ms, name, text) VALUES (?1, ?2, ?3, ?4, ?5)");
  before_ = sqlite_->prepare(
      "SELECT number, time_ms, name, text FROM texts"
      " WHERE room = ?1 AND number < ?2 AND time_ms >= ?3 ORDER BY number DESC");
  after_ = sqlite_->prepare(
      "SELECT number, time_ms, name, text FROM texts"
      " WHERE room = ?1 AND number > ?2 AND time_ms >= ?3 ORDER BY number");
  forget_ = sqlite_->prepare("DELETE FROM texts WHERE time_ms < ?1");
  trim_ = sqlite_->prepare(
      "DELETE FROM texts WHERE (room, number) IN"
      " (SELECT room, number FROM texts ORDER BY time_ms LIMIT ?1)");
  size_ = sqlite_->prepare(
      "SELECT (page_count - freelist_count) * page_size"
      " FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
  return newest_ && insert_ && before_ && after_ && forget_ && trim_ && size_ &&
         (!options_.follows_log || prepare_to_follow());
}

bool Database::prepare_to_follow() {
  if (!sqlite_->run(kFollowedTable)) return false;
  place_ = sqlite_->prepare(
      "INSERT OR REPLACE INTO texts (room, number, time_ms, name, text)"
      " VALUES (?1, ?2, ?3, ?4, ?5)");
  followed_ = sqlite_->prepare("SELECT origin, number FROM followed");
  follow_ = sqlite_->prepare(
      "INSERT OR REPLACE INTO followed (only_one, origin, number) VALUES (1, ?1, ?2)");
  return place_ && followed_ && follow_;
}

absl::Status Database::give_up(const char* doing) {
  const std::string why = sqlite_->fault();
  if (sqlite_->in_transaction()) std::ignore = sqlite_->run("ROLLBACK");
  base::log(LogLevel::kError, "history_failed", {{"doing", doing}, {"why", why}});
  return absl::UnavailableError(why);
}

absl::StatusOr<std::vector<Text>> Database::append(const std::vector<const Append*>& texts,
                                                   WallTime now) {
  std::vector<Text> stored;
  stored.reserve(texts.size());
  if (!begin()) return give_up("append");
  for (const Append* text : texts) {
    const std::uint64_t number = insert(*text, now);
    if (number == 0) return give_up("append");
    stored.push_back({number, now, text->name, text->text});
  }
  if (!sqlite_->run("COMMIT")) return give_up("append");
  make_room();
  return stored;
}

std::uint64_t Database::insert(const Append& text, WallTime now) {
  const std::int64_t now_ms = now.time_since_epoch().count();
  const std::uint64_t last = newest(text.room);
  const std::uint64_t number =
      last > 0 ? last + 1 : static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms, 1));
  const bool done = Query(insert_.get())
                        .bind(1, text.room)
                        .bind(2, static_cast<std::int64_t>(number))
                        .bind(3, now_ms)
                        .bind(4, text.name)
                        .bind(5, text.text)
                        .run();
  return done ? number : 0;
}

Followed Database::followed() {
  if (!followed_) return {};
  Query query(followed_.get());
  if (!query.step()) return {};
  return {static_cast<std::uint64_t>(query.integer(0)),
          static_cast<std::uint64_t>(query.integer(1))};
}

bool Database::note_followed(const Place& place) {
  const Followed now = followed();
  const bool is_gapless = place.after.origin != now.origin || place.after.number <= now.number;
  if (!is_gapless || (place.after.origin == now.origin && place.up_to <= now.number)) return true;
  return Query(follow_.get())
      .bind(1, static_cast<std::int64_t>(place.after.origin))
      .bind(2, static_cast<std::int64_t>(place.up_to))
      .run();
}

bool Database::place(const LoggedText& text) {
  return Query(place_.get())
      .bind(1, text.room)
      .bind(2, static_cast<std::int64_t>(text.text.number))
      .bind(3, text.text.time.time_since_epoch().count())
      .bind(4, text.text.name)
      .bind(5, text.text.text)
      .run();
}

absl::Status Database::place(const Place& place) {
  if (!begin()) return give_up("place");
  for (const LoggedText& text : place.texts) {
    if (!this->place(text)) return give_up("place");
  }
  if (!note_followed(place) || !sqlite_->run("COMMIT")) return give_up("place");
  make_room();
  return absl::OkStatus();
}

std::uint64_t Database::newest(const std::string& room) {
  Query query(newest_.get());
  query.bind(1, room);
  return query.step() ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

std::int64_t Database::oldest_shown_ms(WallTime now) const {
  return (now - options_.keep).time_since_epoch().count();
}

absl::StatusOr<Database::Page> Database::read(const Read& wanted, WallTime now) {
  const std::size_t most = std::clamp<std::size_t>(wanted.most, 1, kMaxPageTexts);
  // A number that was never given out is of another history than this one.
  const bool forward = wanted.after > 0 && wanted.after <= newest(wanted.room);
  std::uint64_t from = forward ? wanted.after : wanted.before;
  if (!forward && from == 0) from = INT64_MAX;
  Page page;
  Query query(forward ? after_.get() : before_.get());
  query.bind(1, wanted.room)
      .bind(2, static_cast<std::int64_t>(std::min<std::uint64_t>(from, INT64_MAX)))
      .bind(3, oldest_shown_ms(now));
  fill(query, most, page);
  if (!page.more && !query.is_done()) return give_up("read");
  if (!forward) std::reverse(page.texts.begin(), page.texts.end());
  return page;
}

absl::Status Database::forget(WallTime now) {
  if (!Query(forget_.get()).bind(1, oldest_shown_ms(now)).run()) return give_up("forget");
  // What was deleted is still in the log of changes until that begins anew.
  if (!sqlite_->run("PRAGMA wal_checkpoint(TRUNCATE)")) return give_up("forget");
  return absl::OkStatus();
}

std::uint64_t Database::used_bytes() {
  Query query(size_.get());
  return query.step() ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

void Database::make_room() {
  while (used_bytes() > options_.max_bytes) {
    if (!Query(trim_.get()).bind(1, std::int64_t{kTrimmed}).run()) {
      std::ignore = give_up("make_room");
      return;
    }
    base::log(LogLevel::kWarning, "history_is_full", {{"max_bytes", options_.max_bytes}});
  }
}

}  // namespace comcat::store
