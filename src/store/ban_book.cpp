#include "comcat/store/ban_book.h"

#include <algorithm>
#include <utility>

#include "ban_table.h"
#include "kept_table.h"

namespace comcat::store {

absl::StatusOr<std::unique_ptr<BanBook>> BanBook::open(KeeperThread& thread,
                                                       const std::filesystem::path& directory,
                                                       std::vector<Ban>& known) {
  const std::string file = directory / "bans.db";
  absl::StatusOr<std::vector<Ban>> kept = read_kept<BanTable>(file);
  if (!kept.ok()) return kept.status();
  known = *std::move(kept);
  return std::unique_ptr<BanBook>(
      new BanBook(std::make_unique<KeptTable<BanTable>>(thread, file, "bans_not_kept")));
}

BanBook::BanBook(std::unique_ptr<KeptTable<BanTable>> table) : table_(std::move(table)) {}
BanBook::~BanBook() = default;

void BanBook::keep(std::vector<Ban> bans, Done done) {
  table_->add(
      [bans = std::move(bans)](BanTable& table) {
        return std::ranges::all_of(bans, [&](const Ban& ban) { return table.put(ban); });
      },
      std::move(done));
}

void BanBook::lift(std::string address, Done done) {
  table_->add([address = std::move(address)](BanTable& table) { return table.erase(address); },
              std::move(done));
}

}  // namespace comcat::store
