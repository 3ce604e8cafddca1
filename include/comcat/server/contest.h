#pragma once

#include <chrono>
#include <cstddef>
#include <unordered_map>

#include "comcat/base/clock.h"
#include "comcat/server/share.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// What the speakers of a room have used of places that others wanted as well: seconds of asking
/// for one, and again seconds of having one. Only while somebody is refused does anything count, so
/// where there is room for all who talk everybody's account is empty. It is forgotten with a time
/// constant of kMemory.
///
/// Speakers of one share are compared by what each has used. Among others a speaker is taken to
/// have used half of what its share has, where that is more: two who talk in turns behind one
/// address are nobody's loss, but the many of one share use up together what it has. A newcomer is
/// taken for the one who has used most, so that nobody gains by coming anew.
///
/// Cost       charge() takes no time where nobody is refused, else once a second a walk through all
///            accounts.
/// Threads    one: the room's shard.
class Contest {
 public:
  static constexpr std::chrono::seconds kMemory{60};
  static constexpr double kDebtSeconds = 12;  // so much more used than another: the other's turn
  static constexpr std::chrono::milliseconds kLasts{400};  // from a refusal

  struct ShareAccount {
    double used_s = 0;
    std::size_t speakers = 0;
  };
  struct Account {
    double used_s = 0;
    Share whose{};
    ShareAccount* share = nullptr;
  };

  /// Opens the account of a speaker who has none. It stays where it is until close().
  Account& open(wire::SessionNumber speaker, Share share);
  void close(wire::SessionNumber speaker);

  /// Somebody who wants a place gets none.
  void note_refused(base::Time now) { lasts_until_ = now + kLasts; }

  /// `speaker` has asked for `time`, and had a place where `has_place`.
  void charge(Account& speaker, base::Duration time, bool has_place, base::Time now);

  /// Seconds that `one` has used more than `other`; below 0: less.
  [[nodiscard]] static double lead(const Account& one, const Account& other);

 private:
  void forget(base::Time now);

  std::unordered_map<wire::SessionNumber, Account> speakers_;
  std::unordered_map<Share, ShareAccount> shares_;
  base::Time lasts_until_{};
  base::Time forgotten_at_{};
};

}  // namespace comcat::server
