#include "comcat/server/spare_time.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace comcat::server {
namespace {

constexpr std::chrono::milliseconds kInterval{200};
constexpr std::chrono::milliseconds kStale{500};  // a reading says nothing of a moment within it
constexpr std::chrono::seconds kRemembered{1};
constexpr std::uint64_t kScarce = 20;  // one part in so many is idle, or less

}  // namespace

std::optional<SpareTime::Reading> SpareTime::now() {
  std::ifstream stat("/proc/stat");  // cpu user nice system idle iowait irq softirq steal ...
  std::string name;
  if (!(stat >> name) || name != "cpu") return std::nullopt;
  constexpr int kColumns = 8;  // those after them are counted in the first two
  Reading reading;
  std::uint64_t ticks = 0;
  for (int column = 0; column < kColumns && stat >> ticks; ++column) {
    reading.all += ticks;
    if (column == 3 || column == 4) reading.idle += ticks;
  }
  return reading;
}

void SpareTime::look(const std::optional<Reading>& reading, base::Time now) {
  next_ = now + kInterval;
  if (reading && (!last_ || now - looked_ > kStale)) {
    scarce_until_ = now + 2 * kInterval;
  } else if (reading) {  // the kernel may take back some of what it has counted as idle
    const std::uint64_t idle = std::max(reading->idle, last_->idle) - last_->idle;
    if (idle * kScarce <= reading->all - last_->all) scarce_until_ = now + kRemembered;
  }
  last_ = reading;
  looked_ = now;
}

}  // namespace comcat::server
