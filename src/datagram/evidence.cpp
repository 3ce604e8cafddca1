#include "comcat/datagram/evidence.h"

#include <algorithm>

namespace comcat::datagram {

void Evidence::sent(std::uint64_t counter, bool asks, base::Time now) {
  left_ = std::max(left_, counter + 1);
  if (!asks) return;
  asked_ = left_;
  if (unproven_ == 0) since_ = now;
  ++unproven_;
}

bool Evidence::told(const Report& report, base::Time now) {
  if (report.highest <= told_ || report.highest > left_) return false;
  told_ = report.highest;
  since_ = now;
  unproven_ = told_ >= asked_ ? 0 : std::min(unproven_, asked_ - told_);
  return true;
}

void Evidence::doubt(base::Time now) {
  doubted_ = left_;
  since_ = now;
}

}  // namespace comcat::datagram
