#include "comcat/server/contest.h"

#include <algorithm>
#include <cmath>

namespace comcat::server {
namespace {

constexpr std::chrono::seconds kForgetInterval{1};

template <typename Accounts>
double most_used(const Accounts& accounts) {
  double most = 0;
  for (const auto& [key, account] : accounts) most = std::max(most, account.used_s);
  return most;
}

double seen_by_others(const Contest::Account& speaker) {
  return std::max(speaker.used_s, speaker.share->used_s / 2);
}

}  // namespace

Contest::Account& Contest::open(wire::SessionNumber speaker, Share share) {
  const double most_of_a_share = most_used(shares_);
  const auto [found, is_new] = shares_.try_emplace(share);
  if (is_new) found->second.used_s = most_of_a_share;
  ++found->second.speakers;
  const Account account{most_used(speakers_), share, &found->second};
  return speakers_.emplace(speaker, account).first->second;
}

void Contest::close(wire::SessionNumber speaker) {
  const auto found = speakers_.find(speaker);
  if (found == speakers_.end()) return;
  const Account& account = found->second;
  if (--account.share->speakers == 0) shares_.erase(account.whose);
  speakers_.erase(found);
}

void Contest::charge(Account& speaker, base::Duration time, bool has_place, base::Time now) {
  if (now > lasts_until_) return;
  forget(now);
  const double used_s = std::chrono::duration<double>(time).count() * (has_place ? 2 : 1);
  speaker.used_s += used_s;
  speaker.share->used_s += used_s;
}

double Contest::lead(const Account& one, const Account& other) {
  if (one.share == other.share) return one.used_s - other.used_s;
  return seen_by_others(one) - seen_by_others(other);
}

void Contest::forget(base::Time now) {
  if (now - forgotten_at_ < kForgetInterval) return;
  const std::chrono::duration<double> passed = now - forgotten_at_;
  const double left = std::exp(-passed / kMemory);
  for (auto& [number, account] : speakers_) account.used_s *= left;
  for (auto& [share, account] : shares_) account.used_s *= left;
  forgotten_at_ = now;
}

}  // namespace comcat::server
