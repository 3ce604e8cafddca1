#include "comcat/store/claim_book.h"

#include <system_error>
#include <utility>

#include "claim_table.h"
#include "write_behind.h"

namespace comcat::store {

namespace fs = std::filesystem;

absl::StatusOr<std::unique_ptr<ClaimBook>> ClaimBook::open(const fs::path& directory,
                                                           std::vector<Claim>& known) {
  const std::string file = directory / "claims.db";
  std::error_code unknown;
  if (fs::exists(fs::symlink_status(file, unknown))) {
    const absl::StatusOr<std::unique_ptr<ClaimTable>> table = ClaimTable::open(file);
    if (!table.ok()) return table.status();
    absl::StatusOr<std::vector<Claim>> claims = (*table)->all();
    if (!claims.ok()) return claims.status();
    known = *std::move(claims);
  }
  return std::unique_ptr<ClaimBook>(new ClaimBook(file));
}

ClaimBook::ClaimBook(std::string file)
    : changes_(std::make_unique<WriteBehind<ClaimTable>>(std::move(file), "claims_not_kept")) {}

ClaimBook::~ClaimBook() = default;

void ClaimBook::keep(Claim claim) {
  changes_->add([claim = std::move(claim)](ClaimTable& table) { return table.put(claim); });
}

void ClaimBook::lift(std::string name) {
  changes_->add([name = std::move(name)](ClaimTable& table) { return table.erase(name); });
}

}  // namespace comcat::store
