#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// A sound file that is spoken into the call while it lasts: a thread reads it ahead of time, and
/// whoever speaks takes it at the microphone's pace.
///
/// Threads    play_into() from one, which waits for no disk: what is not there in time is silence.
///            The rest from the owner's.
/// Queue      200 ms of the file; the reading thread waits for room.
class FilePlayer {
 public:
  /// All of it has been taken, or the rest cannot be read. From the reading thread; not once it is
  /// stopped.
  using OnEnd = std::function<void(absl::Status)>;

  FilePlayer();
  ~FilePlayer();
  FilePlayer(const FilePlayer&) = delete;
  FilePlayer& operator=(const FilePlayer&) = delete;

  /// In the place of one that plays. One sentence for the user where it is no sound file; then the
  /// one before goes on. `over`: the microphone is heard, too.
  [[nodiscard]] absl::Status start(const std::string& path, bool over, OnEnd on_end);
  /// False where none played.
  bool stop();

  /// Puts what comes next of the file into `voice`, over what is in it where that is asked for and
  /// `heard`, else instead of it. False, and nothing done, where none plays.
  [[nodiscard]] bool play_into(std::span<float> voice, bool heard);

 private:
  class Reading;

  /// The one that plays is no more; it is ended without the lock.
  [[nodiscard]] std::unique_ptr<Reading> take(std::unique_ptr<Reading> next);

  absl::Mutex mutex_;
  std::unique_ptr<Reading> reading_ ABSL_GUARDED_BY(mutex_);  // null: none
};

}  // namespace comcat::client
