#include "comcat/server/books.h"

#include <utility>
#include <vector>

namespace comcat::server {
namespace {

/// Tells the shard what becomes true on the thread that waits for the disk.
store::Done told_by(const Books::Post& post, Kept kept) {
  if (!kept) return {};
  return [post, kept = std::move(kept)](const absl::Status& status) {
    post([kept, status](base::Time now) { kept(status, now); });
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<Books>> Books::open(const BookOptions& options, const Post& post,
                                                   HubOptions& hub) {
  auto books = std::make_unique<Books>();
  if (!options.bans_directory.empty()) {
    auto bans = store::BanBook::open(books->thread_, options.bans_directory, hub.hosts.bans);
    if (!bans.ok()) return bans.status();
    books->bans_ = *std::move(bans);
    hub.hosts.keeper.keep = [&book = *books->bans_, post](std::vector<store::Ban> of, Kept kept) {
      book.keep(std::move(of), told_by(post, std::move(kept)));
    };
    hub.hosts.keeper.lift = [&book = *books->bans_, post](const std::string& address, Kept kept) {
      book.lift(address, told_by(post, std::move(kept)));
    };
  }
  if (!options.claims_directory.empty()) {
    auto claims =
        store::ClaimBook::open(books->thread_, options.claims_directory, hub.claims.known);
    if (!claims.ok()) return claims.status();
    books->claims_ = *std::move(claims);
    hub.claims.keep = [&book = *books->claims_, post](const store::Claim& claim, Kept kept) {
      book.keep(claim, told_by(post, std::move(kept)));
    };
    hub.claims.lift = [&book = *books->claims_, post](const std::string& name, Kept kept) {
      book.lift(name, told_by(post, std::move(kept)));
    };
  }
  return books;
}

}  // namespace comcat::server
