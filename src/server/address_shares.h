#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace comcat::server {

/// Places that are few and free to anybody: no address may keep the others out of them. Who comes
/// where its address has its share already takes the place of the oldest from there; where all are
/// taken, that of the oldest from the address that has most, if that has more than its own would.
///
/// `Holder` is what has a place, a pointer or a descriptor: each at most one.
/// Threads  one at a time.
template <typename Holder>
class AddressShares {
 public:
  struct Limits {
    std::size_t in_all;
    std::size_t per_address;
  };
  struct Outcome {
    bool taken = false;               // false: one too many
    std::optional<Holder> made_room;  // has lost its place to the newcomer, and is to be ended
  };

  explicit AddressShares(const Limits& limits) : limits_(limits) {}

  [[nodiscard]] Outcome take(const std::string& address, Holder newcomer) {
    const auto own = by_address_.find(address);
    const std::size_t held = own == by_address_.end() ? 0 : own->second.size();
    Outcome outcome{true, std::nullopt};
    if (held >= limits_.per_address) {
      outcome.made_room = remove_oldest(own);
    } else if (size_ >= limits_.in_all) {
      const auto most = std::ranges::max_element(
          by_address_, {}, [](const auto& entry) { return entry.second.size(); });
      if (most->second.size() <= held + 1) return {};
      outcome.made_room = remove_oldest(most);
    }
    by_address_[address].push_back(newcomer);
    ++size_;
    return outcome;
  }

  /// Nothing happens where it has none.
  void give_back(const std::string& address, Holder holder) {
    const auto found = by_address_.find(address);
    if (found == by_address_.end()) return;
    size_ -= std::erase(found->second, holder);
    if (found->second.empty()) by_address_.erase(found);
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  using Holders = std::map<std::string, std::vector<Holder>>;  // the oldest first, none empty

  Holder remove_oldest(typename Holders::iterator from) {
    const Holder oldest = from->second.front();
    from->second.erase(from->second.begin());
    if (from->second.empty()) by_address_.erase(from);
    --size_;
    return oldest;
  }

  const Limits limits_;
  Holders by_address_;
  std::size_t size_ = 0;
};

}  // namespace comcat::server
