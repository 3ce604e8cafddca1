#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"

namespace comcat::client {

/// When many come at once, a person is told of the first few as they come, and of the others in one
/// line. No clock: `now` is an argument. Threads: one at a time.
class GatheredJoins {
 public:
  static constexpr int kFew = 3;  // within kGap
  static constexpr std::chrono::seconds kGap{1};
  static constexpr std::size_t kMostNames = 10;  // in one line

  /// Somebody came, as shown_person() has them. True where that is to be told now; else it waits.
  [[nodiscard]] bool offer(const std::string& shown, base::Time now);
  /// Who has waited, in one line: "an, binh and 3 more joined"; nothing where nobody has.
  [[nodiscard]] std::optional<std::string> take();
  /// When take() is due.
  [[nodiscard]] base::Time next_deadline() const { return due_; }

 private:
  std::vector<std::string> names_;  // the first kMostNames of those who wait
  std::size_t waiting_ = 0;
  int told_ = 0;  // since begun_
  base::Time begun_{};
  base::Time due_ = base::Time::max();
};

}  // namespace comcat::client
