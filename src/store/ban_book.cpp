#include "comcat/store/ban_book.h"

#include <system_error>
#include <utility>

#include "ban_table.h"
#include "write_behind.h"

namespace comcat::store {
namespace fs = std::filesystem;

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

BanBook::BanBook(std::string file)
    : changes_(std::make_unique<WriteBehind<BanTable>>(std::move(file), "bans_not_kept")) {}

BanBook::~BanBook() = default;

void BanBook::keep(Ban ban) {
  changes_->add([ban = std::move(ban)](BanTable& table) { return table.put(ban); });
}

void BanBook::lift(std::string address) {
  changes_->add([address = std::move(address)](BanTable& table) { return table.erase(address); });
}

}  // namespace comcat::store
