#pragma once

#include <atomic>

#include "comcat/base/wake_event.h"

namespace comcat::client {

/// What Ctrl+C has to know of the line being typed: on a half-typed one it clears that, on an empty
/// one it ends the call.
/// Threads: any; has_text() and take_drop() from the console's.
class TypedLine {
 public:
  void has_text(bool text) { has_text_ = text; }

  /// Asks the console to drop the line; false where there is nothing to drop.
  bool drop() {
    if (!has_text_.exchange(false)) return false;
    dropped_.set();
    return true;
  }

  /// Readable while a drop is wanted.
  [[nodiscard]] int fd() const { return dropped_.fd(); }
  void take_drop() { dropped_.clear(); }

 private:
  std::atomic<bool> has_text_{false};
  base::WakeEvent dropped_;
};

}  // namespace comcat::client
