#include "comcat/base/event.h"

namespace comcat::base {

void Event::set() {
  const std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();  // under the lock: the one who waits may destroy the event after it
}

bool Event::is_set() const {
  const std::lock_guard lock(mutex_);
  return set_;
}

bool Event::wait_for(Duration patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, steady_now() + patience, [this] { return set_; });
}

}  // namespace comcat::base
