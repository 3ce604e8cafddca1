#include "gathered_joins.h"

#include <utility>

#include "absl/strings/str_join.h"

namespace comcat::client {

bool GatheredJoins::offer(const std::string& shown, base::Time now) {
  if (waiting_ == 0) {
    if (now - begun_ >= kGap) {
      begun_ = now;
      told_ = 0;
    }
    if (told_ < kFew) {
      ++told_;
      return true;
    }
    due_ = now + kGap;
  }
  ++waiting_;
  if (names_.size() < kMostNames) names_.push_back(shown);
  return false;
}

std::optional<std::string> GatheredJoins::take() {
  if (waiting_ == 0) return std::nullopt;
  const std::size_t more = std::exchange(waiting_, 0) - names_.size();
  const std::vector<std::string> names = std::exchange(names_, {});
  due_ = base::Time::max();
  return absl::StrJoin(names, ", ") +
         (more > 0 ? " and " + std::to_string(more) + " more" : std::string()) + " joined";
}

}  // namespace comcat::client
