#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "comcat/server/standings.h"

namespace comcat::server {

/// Those who wait for a turn, dealt out fairly: address by address, and of one address in turns who
/// came last and who came first. By age alone a newcomer waits behind all who came to stay; by
/// youth alone whoever was overtaken once waits for ever.
///
/// Of each four turns two are for addresses that are known, one for new ones, one for those that
/// had theirs in vain; where nobody of that standing waits, for the best who do. Of new addresses
/// in turns the one that came last and the one that came first is next, as a crowd of them may have
/// come before a guest; of others the one that has waited for longest.
///
/// `Id` grows: who came later has the greater one. Threads: one at a time.
class FairQueue {
 public:
  using Id = std::uint64_t;
  struct Turn {
    std::string address;
    Id id = 0;
  };

  void push(const std::string& address, Id id, Standing standing);
  /// Nothing happens where it does not wait.
  void erase(const std::string& address, Id id);
  /// Those who wait from `address`, where there are any, are of this standing from now on.
  void move(const std::string& address, Standing standing);
  /// Whose turn it is, of those whose standing is `worst` or better; who waits no more.
  [[nodiscard]] std::optional<Turn> pop(Standing worst = Standing::kInVain);
  /// Who came last of those from the address that most wait from, of the worst standing that has
  /// any such; only those count who came before `end`; of several such addresses, of the one whose
  /// turn is last. Nobody where he would be of an address that fewer wait from than from others on
  /// average.
  [[nodiscard]] std::optional<Id> youngest_of_crowd(Id end) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Waiting {
    std::set<Id> ids;
    Standing standing = Standing::kNew;
    std::uint64_t since = 0;  // its place among those of its standing
    bool oldest_is_next = false;
  };
  using Addresses = std::map<std::uint64_t, std::string>;  // by Waiting::since

  [[nodiscard]] Addresses& line(Standing standing) {
    return lines_[static_cast<std::size_t>(standing)];
  }
  /// At the end of those of its standing.
  void line_up(const std::string& address, Waiting& waiting);
  [[nodiscard]] std::optional<Standing> whose_turn(Standing worst);
  [[nodiscard]] std::optional<Id> youngest_of_crowd(const Addresses& addresses, Id end) const;

  std::map<std::string, Waiting> waiting_;  // none without ids
  std::array<Addresses, kStandings> lines_;
  std::uint64_t last_since_ = 0;
  std::size_t turns_ = 0;
  bool oldest_is_next_ = false;  // of new addresses
  std::size_t size_ = 0;
};

}  // namespace comcat::server
