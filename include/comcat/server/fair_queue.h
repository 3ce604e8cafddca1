#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace comcat::server {

/// Those who wait for a turn, dealt out fairly: address by address, and of one address in turns who
/// came last and who came first. By age alone a newcomer waits behind all who came to stay; by
/// youth alone whoever was overtaken once waits for ever.
///
/// `Id` grows: who came later has the greater one. Threads: one at a time.
class FairQueue {
 public:
  using Id = std::uint64_t;

  void push(const std::string& address, Id id);
  /// Nothing happens where it does not wait.
  void erase(const std::string& address, Id id);
  /// Whose turn it is, who waits no more.
  [[nodiscard]] std::optional<Id> pop();
  /// Who came last of those from the address that most wait from, where only those count who came
  /// before `end`; of several such addresses, of the one whose turn is last. Nobody where he would
  /// be of an address that fewer wait from than from others on average.
  [[nodiscard]] std::optional<Id> youngest_of_crowd(Id end) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Waiting {
    std::set<Id> ids;
    bool oldest_is_next = false;
  };

  std::map<std::string, Waiting> waiting_;  // none without ids
  std::string last_;                        // whose turn it was
  std::size_t size_ = 0;
};

}  // namespace comcat::server
