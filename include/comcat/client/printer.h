#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/wake_event.h"

namespace comcat::client {

/// The one way to standard output. Without a line editor a thread of its own writes, in order, at
/// the pace of whoever reads; while an editor is attached it takes the texts itself, so that it can
/// clear and redraw the line that is being typed around them.
///
/// Capacity   nobody waits in print(). Once 256 KiB wait for the reader it is full: `on_full` is
///            told, and told again when there is room; until then its owner prints little.
/// Threads    any. `on_full` is called by whoever prints or writes, one at a time, and must not
/// call
///            the printer.
/// Errors     output that cannot be written is dropped; unless the reader has gone, standard error
///            has a sentence about the first.
class Printer {
 public:
  using OnFull = std::function<void(bool full)>;

  explicit Printer(int fd, OnFull on_full = {});
  ~Printer();
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;

  /// Writes `text` and a line break, soon.
  void print(const std::string& text);

  [[nodiscard]] bool is_full() const;

  /// From now on print() only calls `wake`; the editor calls take(). What was printed before has
  /// been written.
  void attach(std::function<void()> wake);
  /// What the editor has not taken is written.
  void detach();

  /// What waits to be printed; every text ends with a line break.
  [[nodiscard]] std::string take();

  /// The user leaves: finish() waits no longer than kLastPatience for a reader who takes nothing.
  void hurry();
  /// Waits until all is written, then ends the thread; nothing is written after it.
  void finish();

 private:
  static constexpr std::size_t kMaxWaitingBytes = 256 * 1024;
  static constexpr std::chrono::milliseconds kLastPatience{200};

  void run();
  void write(std::string text);
  void complain(int error);
  [[nodiscard]] bool wait_to_write();
  [[nodiscard]] std::string taken();
  [[nodiscard]] bool is_idle() const { return waiting_.empty() && !writing_; }
  void stop();

  const int fd_;
  const OnFull on_full_;
  base::FileDescriptor own_;  // of the same file, but one that does not block; or none
  base::WakeEvent stop_;
  mutable std::mutex mutex_;  // not Abseil's, whose timeouts count on the wall clock
  std::condition_variable changed_;
  std::function<void()> wake_;  // the editor's, while one is attached
  std::string waiting_;
  bool writing_ = false;
  bool hurried_ = false;
  bool stopping_ = false;
  bool complained_ = false;  // by the thread
  std::thread thread_;       // starts with the first text, when signals are blocked
};

}  // namespace comcat::client
