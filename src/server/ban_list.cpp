#include "comcat/server/ban_list.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>

#include "comcat/server/admission_address.h"

namespace comcat::server {
namespace {

/// base::key_fingerprint()'s form.
bool is_key_fingerprint(std::string_view text) {
  constexpr std::string_view kPrefix = "key:";
  constexpr std::size_t kDigits = 16;
  return text.starts_with(kPrefix) && text.size() == kPrefix.size() + kDigits &&
         text.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

bool is_over(const store::Ban& ban, store::WallTime now) {
  return ban.until && *ban.until <= now;
}

}  // namespace

std::optional<std::string> normal_address(std::string_view typed) {
  std::string text(typed);
  if (is_key_fingerprint(text)) return text;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return text;
  if (text.ends_with("/64")) text.resize(text.size() - 3);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return admission_address("ipv6:[" + text + "]:0");
}

BanList::BanList(const std::vector<store::Ban>& known, Keeper keeper) : keeper_(std::move(keeper)) {
  for (const store::Ban& ban : known) bans_.emplace(ban.address, ban);
}

const store::Ban* BanList::find(const std::string& address, store::WallTime now) {
  const auto found = bans_.find(address);
  if (found == bans_.end() || is_over(found->second, now)) return nullptr;
  return &found->second;
}

absl::Status BanList::check_room_for(const std::vector<store::Ban>& bans, store::WallTime now) {
  forget_over(now);
  const auto more = static_cast<std::size_t>(std::ranges::count_if(
      bans, [&](const store::Ban& ban) { return !bans_.contains(ban.address); }));
  if (bans_.size() + more <= kMaxBans) return absl::OkStatus();
  return absl::ResourceExhaustedError("there are as many bans as there may be; lift some");
}

bool BanList::put(const std::vector<store::Ban>& bans, Kept kept) {
  for (const store::Ban& ban : bans) bans_.insert_or_assign(ban.address, ban);
  if (keeper_.keep) keeper_.keep(bans, std::move(kept));
  return keeper_.keep != nullptr;
}

bool BanList::lift(const std::string& address, Kept kept) {
  bans_.erase(address);
  if (keeper_.lift) keeper_.lift(address, std::move(kept));
  return keeper_.lift != nullptr;
}

std::vector<store::Ban> BanList::all(store::WallTime now) {
  forget_over(now);
  std::vector<store::Ban> out;
  for (const auto& [address, ban] : bans_) out.push_back(ban);
  return out;
}

std::size_t BanList::count(store::WallTime now) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      bans_, [&](const auto& entry) { return !is_over(entry.second, now); }));
}

void BanList::forget_over(store::WallTime now) {
  std::erase_if(bans_, [&](const auto& entry) {
    const bool over = is_over(entry.second, now);
    if (over && keeper_.lift) keeper_.lift(entry.first, {});
    return over;
  });
}

}  // namespace comcat::server
