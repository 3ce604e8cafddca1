#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"

#include "absl/status/statusor.h"

namespace comcat::bus {

/// Questions that have no answer yet.
///
/// Capacity   kMost; the oldest are answered with kResourceExhausted.
/// Threads    one at a time. What is to be called is returned, so that nothing is called under a
///            lock.
class Requests {
 public:
  static constexpr std::size_t kMost = 10'000;
  using OnAnswer = std::function<void(const absl::StatusOr<std::string>&)>;

  /// Its number, never 0, and that which had to go for it, which may be empty.
  [[nodiscard]] std::pair<std::uint64_t, OnAnswer> add(OnAnswer on_answer, base::Time deadline);
  /// What waits for the answer to this one; empty where nothing does.
  [[nodiscard]] OnAnswer take(std::uint64_t number);
  /// Those that have waited for too long.
  [[nodiscard]] std::vector<OnAnswer> expire(base::Time now);
  /// When expire() is due; base::Time::max() where nothing waits.
  [[nodiscard]] base::Time next_deadline() const;

 private:
  struct Waiting {
    OnAnswer on_answer;
    base::Time deadline{};
  };
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_ = 1;
};

}  // namespace comcat::bus
