#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "comcat/base/clock.h"

namespace comcat::server {

/// How busy a thread is that has a queue of tasks: it is asked to answer, which takes as long as
/// what it does before. Whoever gives it work that can wait gives no more until it has answered,
/// and then leaves it as long again for others.
///
/// Threads    one at a time; the answer comes on the thread that is asked, and may come late or,
///            where that has ended, never.
class Pulse {
 public:
  using Task = std::function<void()>;
  using Post = std::function<void(Task)>;

  /// `post` has the thread run a task.
  explicit Pulse(Post post) : post_(std::move(post)) {}

  /// Asks it at `now`. REQUIRES that it rests.
  void ask(base::Time now) {
    asked_ = now;
    answered_->store(false);
    post_([answered = answered_] { answered->store(true); });
  }

  /// True where it has answered and had time for others since.
  [[nodiscard]] bool rests(base::Time now) {
    if (!answered_->load()) return false;
    if (asked_) {
      free_at_ = now + (now - *std::exchange(asked_, std::nullopt));
      free_at_ = std::min(free_at_, now + kLongest);
    }
    return now >= free_at_;
  }

 private:
  static constexpr std::chrono::milliseconds kLongest{50};

  Post post_;
  std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(true);
  std::optional<base::Time> asked_;
  base::Time free_at_{};
};

}  // namespace comcat::server
