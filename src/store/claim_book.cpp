#include "comcat/store/claim_book.h"

#include <utility>

#include "claim_table.h"
#include "write_behind.h"

namespace comcat::store {

namespace fs = std::filesystem;

absl::StatusOr<std::unique_ptr<ClaimBook>> ClaimBook::open(const fs::path& directory,
                                                           std::vector<Claim>& known) {
  const std::string file = directory / "claims.db";
  absl::StatusOr<std::vector<Claim>> kept = read_kept<ClaimTable>(file);
  if (!kept.ok()) return kept.status();
  known = *std::move(kept);
  return std::unique_ptr<ClaimBook>(new ClaimBook(file));
}

ClaimBook::ClaimBook(std::string file)
    : changes_(std::make_unique<WriteBehind<ClaimTable>>(std::move(file), "claims_not_kept")) {}

ClaimBook::~ClaimBook() = default;

void ClaimBook::keep(Claim claim, Done done) {
  changes_->add([claim = std::move(claim)](ClaimTable& table) { return table.put(claim); },
                std::move(done));
}

void ClaimBook::lift(std::string name) {
  changes_->add([name = std::move(name)](ClaimTable& table) { return table.erase(name); });
}

}  // namespace comcat::store
