#include "comcat/server/moving_out.h"

namespace comcat::server {

void MovingOut::begin(std::vector<wire::SessionNumber> all, std::chrono::milliseconds over,
                      base::Time now) {
  all_ = std::move(all);
  gone_ = 0;
  over_ = over;
  began_ = now;
}

std::optional<wire::SessionNumber> MovingOut::next(base::Time now) {
  if (next_deadline() > now) return std::nullopt;
  return all_[gone_++];
}

base::Time MovingOut::next_deadline() const {
  if (gone_ == all_.size()) return base::Time::max();
  return *began_ + over_ * gone_ / all_.size();
}

}  // namespace comcat::server
