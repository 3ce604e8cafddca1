#pragma once

#include "comcat/base/file_descriptor.h"

namespace comcat::base {

/// A file descriptor to poll(2) that another thread can make readable (eventfd).
/// Threads: any.
class WakeEvent {
 public:
  WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  void set();
  void clear();
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  base::FileDescriptor fd_;
};

}  // namespace comcat::base
