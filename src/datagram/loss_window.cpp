#include "comcat/datagram/loss_window.h"

#include <algorithm>

namespace comcat::datagram {

void LossWindow::add(const Report& report, base::Time now) {
  reports_.push_back({report, now});
  while (reports_.size() > 2 && reports_[1].when + kSpan <= now) reports_.erase(reports_.begin());
  if (reports_.size() > kMostReports) reports_.erase(reports_.begin() + 1);
  loss_ = reckon();
}

void LossWindow::clear() {
  reports_.clear();
  loss_ = 0;
}

double LossWindow::reckon() const {
  if (reports_.size() < 2) return 0;
  const Report& first = reports_.front().report;
  const Report& last = reports_.back().report;
  const std::uint64_t sent = last.highest - first.highest;
  if (sent < kFewestDatagrams) return 0;
  const std::uint32_t arrived = last.received - first.received;  // it wraps
  return std::clamp(1 - static_cast<double>(arrived) / static_cast<double>(sent), 0.0, 1.0);
}

bool LossWindow::is_full() const {
  return reports_.size() >= 2 && reports_.back().when - reports_.front().when >= kSpan;
}

}  // namespace comcat::datagram
