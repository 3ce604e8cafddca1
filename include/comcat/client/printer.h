#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// The one way to standard output. Without a line editor a text is written at once, whole; while an
/// editor is attached it takes the texts itself, so that it can clear and redraw the line that is
/// being typed around them.
///
/// Capacity   256 KiB wait for the editor; beyond it print() waits for the terminal, as a write
/// does. Threads    any, but print() not from the editor's own. Errors     output that cannot be
/// written (the reader has gone) is dropped.
class Printer {
 public:
  explicit Printer(int fd) : fd_(fd) {}

  /// Writes `text` and a line break.
  void print(const std::string& text);

  /// From now on print() only calls `wake`; the editor calls take().
  void attach(std::function<void()> wake);
  /// Writes what the editor has not taken.
  void detach();

  /// What waits to be printed; every text ends with a line break.
  [[nodiscard]] std::string take();

 private:
  static constexpr std::size_t kMaxWaitingBytes = 256 * 1024;

  const int fd_;
  absl::Mutex mutex_;
  std::function<void()> wake_ ABSL_GUARDED_BY(mutex_);
  std::string waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::client
