#include "comcat/base/semaphore.h"

#include <ctime>

namespace comcat::base {

bool Semaphore::wait(std::chrono::nanoseconds patience) {
  timespec until{};
  clock_gettime(CLOCK_MONOTONIC, &until);
  const std::chrono::nanoseconds at =
      std::chrono::seconds(until.tv_sec) + std::chrono::nanoseconds(until.tv_nsec) + patience;
  until.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(at).count();
  until.tv_nsec = (at % std::chrono::seconds(1)).count();
  if (sem_clockwait(&posted_, CLOCK_MONOTONIC, &until) != 0) return false;
  clear();
  return true;
}

void Semaphore::clear() {
  while (sem_trywait(&posted_) == 0) {
  }
}

}  // namespace comcat::base
