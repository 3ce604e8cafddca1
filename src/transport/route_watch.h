#pragma once

#include "comcat/base/file_descriptor.h"

namespace comcat::transport {

/// Hears of it when this machine's addresses or routes change (rtnetlink). Where the kernel tells
/// nothing, it never does.
/// Threads: one at a time.
class RouteWatch {
 public:
  RouteWatch();

  /// To be polled for reading; negative where there is nothing to be heard.
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// True where something has changed since the last call. Never waits.
  [[nodiscard]] bool changed();

 private:
  base::FileDescriptor fd_;
};

}  // namespace comcat::transport
