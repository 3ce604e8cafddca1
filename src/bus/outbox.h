#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "comcat/base/clock.h"

namespace comcat::bus {

/// What waits to be sent, in order, each for no longer than it is worth anything.
///
/// Capacity   kMaxBytes of subjects and bytes together; the oldest go.
/// Threads    one at a time.
class Outbox {
 public:
  static constexpr std::size_t kMaxBytes = 1024 * 1024;

  struct Item {
    std::string subject;
    std::string bytes;
    base::Time until{};
  };

  /// How many had to go for it.
  std::size_t push(Item item) {
    bytes_ += size(item);
    items_.push_back(std::move(item));
    std::size_t gone = 0;
    for (; bytes_ > kMaxBytes && items_.size() > 1; ++gone) drop_first();
    return gone;
  }

  /// Drops what is too old at `now`; how many that were.
  std::size_t expire(base::Time now) {
    const std::size_t gone = std::erase_if(items_, [&](const Item& item) {
      if (item.until >= now) return false;
      bytes_ -= size(item);
      return true;
    });
    return gone;
  }

  [[nodiscard]] std::optional<Item> pop() {
    if (items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    bytes_ -= size(item);
    return item;
  }

  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  [[nodiscard]] static std::size_t size(const Item& item) {
    return item.subject.size() + item.bytes.size();
  }
  void drop_first() {
    bytes_ -= size(items_.front());
    items_.pop_front();
  }

  std::deque<Item> items_;
  std::size_t bytes_ = 0;
};

}  // namespace comcat::bus
