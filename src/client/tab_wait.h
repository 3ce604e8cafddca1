#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/client/completion_query.h"

namespace comcat::client {

/// A Tab that has asked for names, for which the keys that follow it wait a moment.
/// Threads: one.
class TabWait {
 public:
  static constexpr std::chrono::milliseconds kPatience{300};
  struct Tab {
    std::string before;  // what stood before the cursor
    CompletionQuery query;
  };

  void begin(Tab tab, base::Time now) {
    tab_ = std::move(tab);
    keys_until_ = now + kPatience;
  }
  void step(base::Time now) {
    if (keys_until_ && now >= *keys_until_) keys_until_.reset();
  }
  /// The names are still wanted, though keys may no longer wait for them.
  [[nodiscard]] bool is_open() const { return tab_.has_value(); }
  [[nodiscard]] bool holds_keys() const { return keys_until_.has_value(); }
  /// As poll(2) has it.
  [[nodiscard]] int wait_ms(base::Time now) const {
    if (!keys_until_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*keys_until_ - now);
    return std::max(0, static_cast<int>(left.count()));
  }
  /// REQUIRES is_open().
  [[nodiscard]] Tab take() {
    keys_until_.reset();
    return *std::exchange(tab_, std::nullopt);
  }

 private:
  std::optional<Tab> tab_;
  std::optional<base::Time> keys_until_;
};

}  // namespace comcat::client
