#include "comcat/playout/drift_meter.h"

#include <cmath>

#include "comcat/playout/micros.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""s;

constexpr auto kPeriod = 10s;
constexpr std::size_t kMostPeriods = 60;
constexpr std::size_t kLeastPeriods = 6;
constexpr double kOtherPathUs = 20'000;  // such a step is another route, not another clock

}  // namespace

void DriftMeter::insert(std::int64_t timestamp, base::Time now) {
  if (!begun_) {
    begun_ = true;
    origin_ = begin_ = now;
    first_timestamp_ = timestamp;
    current_ = {};
  }
  const double at_s = std::chrono::duration<double>(now - origin_).count();
  const Micros captured = to_micros(timestamp - first_timestamp_);
  const double relative_us = at_s * 1e6 - static_cast<double>(captured.count());
  if (now - begin_ >= kPeriod || now < begin_) {
    close();
    begin_ = now;
    current_ = {at_s, relative_us};
  } else if (relative_us < current_.relative_us) {
    current_ = {at_s, relative_us};
  }
}

void DriftMeter::close() {
  if (!minima_.empty()) {
    const Minimum& last = minima_.back();
    if (std::abs(current_.relative_us - last.relative_us) > kOtherPathUs) minima_.clear();
  }
  minima_.push_back(current_);
  if (minima_.size() > kMostPeriods) minima_.pop_front();
  if (minima_.size() < kLeastPeriods) return;
  const auto count = static_cast<double>(minima_.size());
  Minimum mean;
  for (const Minimum& point : minima_) {
    mean.at_s += point.at_s / count;
    mean.relative_us += point.relative_us / count;
  }
  double covariance = 0;
  double variance = 0;
  for (const Minimum& point : minima_) {
    covariance += (point.at_s - mean.at_s) * (point.relative_us - mean.relative_us);
    variance += (point.at_s - mean.at_s) * (point.at_s - mean.at_s);
  }
  if (variance > 0) ppm_ = -covariance / variance;
}

}  // namespace comcat::playout
