#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "comcat/cluster/digest.h"
#include "comcat/server/kept.h"
#include "comcat/store/ban.h"
#include "comcat/wire/record_messages.h"

#include "absl/status/status.h"

namespace comcat::server {

/// What is banned, `typed`: an address as admission counts it ("192.0.2.1", "2001:db8::/64"), or a
/// device as base::key_fingerprint() calls it; nothing where it is neither. Threads: any.
[[nodiscard]] std::optional<std::string> normal_address(std::string_view typed);

/// The addresses from which a host lets nobody in, and the devices; both are called address here.
///
/// Capacity   kMaxBans: check_room_for() refuses more; and as many that are lifted, the latest.
/// Threads    one: the shard.
/// Time       the caller's: the wall clock, since bans outlive the server.
class BanList {
 public:
  static constexpr std::size_t kMaxBans = 10'000;

  /// Who keeps what changes over a restart, without waiting for it; empty, both, where nobody does.
  struct Keeper {
    std::function<void(std::vector<store::Ban>, Kept)> keep;
    std::function<void(const std::string& address, Kept)> lift;
  };
  /// `shared`: other nodes have the same, so what is lifted is remembered for as long as it would
  /// have held.
  BanList(const std::vector<store::Ban>& known, Keeper keeper, bool shared = false);

  /// Is told of what is changed by put() and lift(). Once, where it is wanted.
  void on_change(std::function<void(const wire::BanRecord&)> told) { told_ = std::move(told); }

  /// The ban that holds for `address`; null where there is none.
  [[nodiscard]] const store::Ban* find(const std::string& address, store::WallTime now);
  /// kResourceExhausted with one sentence where these would be too many.
  [[nodiscard]] absl::Status check_room_for(const std::vector<store::Ban>& bans,
                                            store::WallTime now);
  /// In place of what held for the same addresses; there is room for them. False where nobody keeps
  /// bans: `kept` is then told nothing.
  [[nodiscard]] bool put(const std::vector<store::Ban>& bans, Kept kept);
  /// Whether `address` is banned is for find() to say. Returns as put().
  [[nodiscard]] bool lift(const std::string& address, store::WallTime now, Kept kept);
  /// How many hold.
  [[nodiscard]] std::size_t count(store::WallTime now) const;
  /// Those that hold, by address.
  [[nodiscard]] std::vector<store::Ban> all(store::WallTime now);

  enum class Learned : std::uint8_t { kNothing, kChanged, kBanned, kLifted };
  /// What another node has, of which the later holds; what is new by it.
  Learned learn(const wire::BanRecord& theirs, store::WallTime now);
  /// All that are remembered, lifted or not.
  [[nodiscard]] std::vector<wire::BanRecord> records() const;
  [[nodiscard]] const cluster::Digest& digest() const { return digest_; }
  void forget_over(store::WallTime now);

 private:
  void set(store::Ban ban);
  void erase(const std::string& address);
  void drop_oldest_lifted();
  [[nodiscard]] bool is_forgotten(const store::Ban& ban, store::WallTime now) const;

  Keeper keeper_;
  const bool shared_;
  std::function<void(const wire::BanRecord&)> told_;
  std::map<std::string, store::Ban> bans_;  // by address; lifted ones too
  cluster::Digest digest_;
};

}  // namespace comcat::server
