#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/bus/message_log.h"

namespace comcat::bus {

/// What waits to be kept by a log, in order.
///
/// Capacity   kMost.
/// Threads    one at a time.
class AppendQueue {
 public:
  static constexpr std::size_t kMost = 1024;

  struct Item {
    MessageLog::Record record;
    MessageLog::OnAppended on_appended;
    base::Time until{};
    bool sent = false;  // so that it may have been kept
  };

  [[nodiscard]] bool push(Item item) {
    if (items_.size() >= kMost) return false;
    items_.push_back(std::make_shared<Item>(std::move(item)));
    return true;
  }
  /// The first of them, which stays.
  [[nodiscard]] std::shared_ptr<Item> front() const { return items_.front(); }
  void pop() { items_.pop_front(); }
  /// Takes out those that have waited for too long, wherever they are.
  [[nodiscard]] std::vector<std::shared_ptr<Item>> take_overdue(base::Time now) {
    std::vector<std::shared_ptr<Item>> over;
    std::erase_if(items_, [&](const std::shared_ptr<Item>& item) {
      if (item->until > now) return false;
      over.push_back(item);
      return true;
    });
    return over;
  }
  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  std::deque<std::shared_ptr<Item>> items_;
};

}  // namespace comcat::bus
