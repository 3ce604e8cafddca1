#include "comcat/store/claim_book.h"

#include <utility>

#include "claim_table.h"
#include "kept_table.h"

namespace comcat::store {

absl::StatusOr<std::unique_ptr<ClaimBook>> ClaimBook::open(KeeperThread& thread,
                                                           const std::filesystem::path& directory,
                                                           std::vector<Claim>& known) {
  const std::string file = directory / "claims.db";
  absl::StatusOr<std::vector<Claim>> kept = read_kept<ClaimTable>(file);
  if (!kept.ok()) return kept.status();
  known = *std::move(kept);
  return std::unique_ptr<ClaimBook>(
      new ClaimBook(std::make_unique<KeptTable<ClaimTable>>(thread, file, "claims_not_kept")));
}

ClaimBook::ClaimBook(std::unique_ptr<KeptTable<ClaimTable>> table) : table_(std::move(table)) {}
ClaimBook::~ClaimBook() = default;

void ClaimBook::keep(Claim claim, Done done) {
  table_->add([claim = std::move(claim)](ClaimTable& table) { return table.put(claim); },
              std::move(done));
}

void ClaimBook::lift(std::string name, Done done) {
  table_->add([name = std::move(name)](ClaimTable& table) { return table.erase(name); },
              std::move(done));
}

}  // namespace comcat::store
