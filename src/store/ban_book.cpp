#include "comcat/store/ban_book.h"

#include <utility>

#include "ban_table.h"
#include "write_behind.h"

namespace comcat::store {
namespace fs = std::filesystem;

absl::StatusOr<std::unique_ptr<BanBook>> BanBook::open(const fs::path& directory,
                                                       std::vector<Ban>& known) {
  const std::string file = directory / "bans.db";
  absl::StatusOr<std::vector<Ban>> kept = read_kept<BanTable>(file);
  if (!kept.ok()) return kept.status();
  known = *std::move(kept);
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
