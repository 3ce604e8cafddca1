#include "comcat/datagram/evidence.h"

#include <algorithm>
#include <iterator>

namespace comcat::datagram {

void Evidence::sent(std::uint64_t counter, bool asks, base::Time now) {
  left_ = std::max(left_, counter + 1);
  if (!asks) return;
  asked_ = left_;
  if (unproven_ == 0) since_ = now;
  ++unproven_;
  mark(now);
}

void Evidence::mark(base::Time now) {
  if (marked_ == kMarks) return;
  if (marked_ > 0 && now - marks_[marked_ - 1].at < kMarkGap) return;
  marks_[marked_++] = {left_, now};
}

bool Evidence::told(const Report& report, base::Time now) {
  if (report.highest <= told_ || report.highest > left_) return false;
  told_ = report.highest;
  unproven_ = told_ >= asked_ ? 0 : std::min(unproven_, asked_ - told_);
  unmark(now);
  const base::Duration on_the_way =
      std::max<base::Duration>(kOnTheWay, std::min(took_[0], took_[1]));
  since_ = marked_ == 0 ? now : std::min<base::Time>(now, marks_[0].at + on_the_way);
  return true;
}

/// Of those that are proven now.
void Evidence::unmark(base::Time now) {
  const auto end = marks_.begin() + static_cast<std::ptrdiff_t>(marked_);
  const auto waiting =
      std::find_if(marks_.begin(), end, [this](const Mark& mark) { return mark.left > told_; });
  if (waiting == marks_.begin()) return;
  took_ = {now - std::prev(waiting)->at, took_[0]};
  marked_ = static_cast<std::size_t>(std::move(waiting, end, marks_.begin()) - marks_.begin());
}

void Evidence::doubt(base::Time now) {
  doubted_ = left_;
  since_ = now;
  marked_ = 0;
}

}  // namespace comcat::datagram
