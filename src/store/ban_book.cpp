#include "comcat/store/ban_book.h"

#include <system_error>
#include <utility>

#include "comcat/base/log.h"

#include "ban_table.h"

namespace comcat::store {
namespace {

namespace fs = std::filesystem;

void log_not_kept(const std::string& why) {
  base::log(base::LogLevel::kError, "bans_not_kept", {{"why", why}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<BanBook>> BanBook::open(const fs::path& directory,
                                                       std::vector<Ban>& known) {
  const std::string file = directory / "bans.db";
  std::error_code unknown;
  if (fs::exists(fs::symlink_status(file, unknown))) {
    const absl::StatusOr<std::unique_ptr<BanTable>> table = BanTable::open(file);
    if (!table.ok()) return table.status();
    absl::StatusOr<std::vector<Ban>> bans = (*table)->all();
    if (!bans.ok()) return bans.status();
    known = *std::move(bans);
  }
  return std::unique_ptr<BanBook>(new BanBook(file));
}

BanBook::BanBook(std::string file) : file_(std::move(file)), thread_([this] { run(); }) {}

BanBook::~BanBook() {
  const absl::MutexLock lock(&mutex_);
  ending_ = true;
}

void BanBook::keep(Ban ban) {
  add([ban = std::move(ban)](BanTable& table) { return table.put(ban); });
}

void BanBook::lift(std::string address) {
  add([address = std::move(address)](BanTable& table) { return table.erase(address); });
}

void BanBook::add(Change change) {
  const absl::MutexLock lock(&mutex_);
  waiting_.push_back(std::move(change));
}

std::deque<BanBook::Change> BanBook::take() {
  const absl::MutexLock lock(&mutex_);
  const auto has_something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ending_ || !waiting_.empty();
  };
  mutex_.Await(absl::Condition(&has_something));
  return std::exchange(waiting_, {});
}

void BanBook::run() {
  std::unique_ptr<BanTable> table;
  for (std::deque<Change> changes = take(); !changes.empty(); changes = take()) {
    if (!table) {
      absl::StatusOr<std::unique_ptr<BanTable>> opened = BanTable::open(file_);
      if (opened.ok()) table = *std::move(opened);
      if (!opened.ok()) log_not_kept(std::string(opened.status().message()));
    }
    for (const Change& change : changes) {
      if (table && !change(*table)) log_not_kept(table->fault());
    }
  }
}

}  // namespace comcat::store
