#include "comcat/cluster/record_rules.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace comcat::cluster {
namespace {

auto rank_of(const wire::BanRecord& it) {
  return std::tie(it.changed_ms, it.lifted, it.until_ms, it.name, it.because, it.by);
}

/// Whether a claim is the one that holds against another: the older, or that of the lower key.
bool is_older(const wire::ClaimRecord& it, const wire::ClaimRecord& than) {
  return std::tie(it.claimed_ms, it.keys.front()) < std::tie(than.claimed_ms, than.keys.front());
}

/// The first, by which a claim is known, and the lowest of the others.
std::vector<std::string> all_keys(const wire::ClaimRecord& one, const wire::ClaimRecord& other,
                                  std::size_t max_keys) {
  std::set<std::string> others(one.keys.begin(), one.keys.end());
  others.insert(other.keys.begin(), other.keys.end());
  others.erase(one.keys.front());
  std::vector<std::string> out{one.keys.front()};
  for (const std::string& key : others) {
    if (out.size() < max_keys) out.push_back(key);
  }
  return out;
}

}  // namespace

wire::BanRecord merged(const wire::BanRecord& one, const wire::BanRecord& other) {
  wire::BanRecord out = rank_of(one) < rank_of(other) ? other : one;
  const bool for_ever = one.kept_ms == 0 || other.kept_ms == 0;
  out.kept_ms = for_ever ? 0 : std::max(one.kept_ms, other.kept_ms);
  return out;
}

wire::ClaimRecord merged(const wire::ClaimRecord& one, const wire::ClaimRecord& other,
                         std::size_t max_keys) {
  if (one.released_ms != other.released_ms) {
    return one.released_ms > other.released_ms ? one : other;
  }
  const bool are_claims = !one.keys.empty() && !other.keys.empty();
  const bool are_one =
      are_claims && one.claimed_ms == other.claimed_ms && one.keys.front() == other.keys.front();
  if (are_claims && !are_one) return is_older(other, one) ? other : one;
  wire::ClaimRecord out = one.keys.empty() ? other : one;
  if (are_one) out.keys = all_keys(one, other, max_keys);
  if (are_one) out.used_ms = std::max(one.used_ms, other.used_ms);
  if (are_one || out.keys.empty()) out.name = std::min(one.name, other.name);
  return out;
}

wire::MuteRecord merged(const wire::MuteRecord& one, const wire::MuteRecord& other) {
  const auto rank = [](const wire::MuteRecord& it) { return std::tie(it.changed_ms, it.muted); };
  return rank(one) < rank(other) ? other : one;
}

std::string content_of(const wire::MuteRecord& it) {
  return std::to_string(it.changed_ms) + (it.muted ? " muted" : "");
}

std::string content_of(const wire::BanRecord& it) {
  std::string out;
  for (const std::string* const text : {&it.name, &it.because, &it.by}) out += *text + '\n';
  for (const std::uint64_t number :
       {it.until_ms, it.changed_ms, std::uint64_t{it.lifted}, it.kept_ms}) {
    out += std::to_string(number) + ' ';
  }
  return out;
}

std::string content_of(const wire::ClaimRecord& it) {
  std::vector<std::string> keys = it.keys;
  if (!keys.empty()) std::sort(keys.begin() + 1, keys.end());
  std::string out = it.name + '\n';
  for (const std::string& key : keys) out += key;
  for (const std::uint64_t number : {it.claimed_ms, it.used_ms, it.released_ms}) {
    out += std::to_string(number) + ' ';
  }
  return out;
}

}  // namespace comcat::cluster
