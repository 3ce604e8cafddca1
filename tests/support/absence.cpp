#include "support/absence.h"

#include <algorithm>
#include <iostream>

#include <gtest/gtest.h>

#include "absl/time/time.h"

namespace comcat::testing {
namespace {

constexpr std::chrono::milliseconds kTick{5};
constexpr std::chrono::milliseconds kAway{20};  // a frame
constexpr std::chrono::seconds kPatience{100};  // for all attempts; ctest has 120 s for a test

long milliseconds(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

AbsenceWatch::AbsenceWatch() : thread_([this] { watch(); }) {}

AbsenceWatch::~AbsenceWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    over_ = true;
  }
  thread_.join();
}

base::Duration AbsenceWatch::longest() const {
  const absl::MutexLock lock(&mutex_);
  return longest_;
}

void AbsenceWatch::watch() {
  const absl::MutexLock lock(&mutex_);
  base::Time due = base::steady_now() + kTick;
  while (!mutex_.AwaitWithTimeout(absl::Condition(&over_),
                                  absl::FromChrono(due - base::steady_now()))) {
    const base::Time now = base::steady_now();
    longest_ = std::max(longest_, now - due);
    due = now + kTick;
  }
}

void expect_right(const std::function<Outcome()>& attempt) {
  const base::Time begun = base::steady_now();
  for (int tries = 1;; ++tries) {
    const base::Time tried = base::steady_now();
    const AbsenceWatch watch;
    const Outcome outcome = attempt();
    const base::Duration away = watch.longest();
    const base::Time over = base::steady_now();
    if (outcome.wrong.empty() || ::testing::Test::HasFatalFailure()) return;
    std::string sign = "the machine was away for " + std::to_string(milliseconds(away)) + " ms";
    if (!outcome.away.empty()) sign += ", " + outcome.away;
    if ((away < kAway && outcome.away.empty()) || (over - begun) + (over - tried) > kPatience) {
      ADD_FAILURE() << outcome.wrong << "\n" << sign << ", in attempt " << tries;
      return;
    }
    std::cout << "again, for " << sign << ": " << outcome.wrong << std::endl;
  }
}

}  // namespace comcat::testing
