#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/clock.h"
#include "comcat/client/sound.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "doorbell.h"
#include "retry_times.h"

namespace comcat::client {

/// The source and the sink of a call, and the thread that replaces them when they fail. While there
/// is no sink, one that plays nowhere takes its place, so that what comes in is played on time. The
/// default device stands in for another that has failed, until that is back.
///
/// Threads    the owner's; a thread of its own from start() to stop(), which alone opens and closes
///            devices meanwhile. No lock is held while it does.
/// Ownership  the handlers outlive it.
class SoundDevices {
 public:
  using Side = Sound::Side;
  using Sides = Sound::Sides;

  SoundDevices(Sound::Options options, audio::CaptureHandler& capture,
               audio::RenderHandler& playback);
  ~SoundDevices() { stop(); }

  // All as Sound says.
  [[nodiscard]] absl::Status find();
  [[nodiscard]] absl::Status start();
  void stop();
  [[nodiscard]] absl::Status reopen(Side side);
  void choose(Side side, std::string spec, Sound::OnChosen chosen);
  void list(Sound::OnListed listed);
  void then(std::function<void()> act);
  [[nodiscard]] std::string description() const;
  [[nodiscard]] std::string recording() const;
  [[nodiscard]] bool input_may_resume() const;
  [[nodiscard]] audio::SinkFigures output() const;
  [[nodiscard]] std::uint64_t input_xruns() const;
  [[nodiscard]] std::chrono::microseconds input_delay() const;
  /// From where the device takes it to the loudspeaker, and from the microphone to the handler.
  [[nodiscard]] std::chrono::microseconds device_delays() const;
  /// The same, from what is rendered on.
  [[nodiscard]] std::chrono::microseconds delays() const;

  /// One turn of the thread: does what the user asks for, parts with what has failed, and tries
  /// what is due. When to be called again at the latest.
  base::Time step(base::Time now);

 private:
  using Source = std::unique_ptr<audio::Source>;
  using Sink = std::unique_ptr<audio::Sink>;

  void do_asked();
  [[nodiscard]] absl::Status change_input(const std::string& spec);
  [[nodiscard]] absl::Status change_output(const std::string& spec);
  /// The one that was there before, which another could not replace.
  void restore(Source before);
  void restore(Sink before);
  [[nodiscard]] std::string wanted(Side side) const;
  void note_figures(const audio::Sink& sink) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] absl::StatusOr<Source> make_source(const std::string& spec) const;

  /// Starts it and, where that works, puts it in its place.
  [[nodiscard]] absl::Status launch(Source source);
  [[nodiscard]] absl::Status launch(Sink sink);
  [[nodiscard]] audio::EndHandler on_end(Side side);
  void note_failure(Side side, absl::Status status);
  /// Whether the other side may be about to fail, too: one sound system has both.
  [[nodiscard]] bool waits_for_the_other(base::Time now) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void part_with_failed(base::Time now);
  void retry(base::Time now);
  /// Tells that those are back which were opened again and have begun.
  void tell_return(base::Time now);
  void play_nowhere();
  /// Has the default device take the place of others that have gone.
  void stand_in(Sides sides, bool tell);
  /// The one that is tried again has its place.
  [[nodiscard]] bool replace_stand_in(Source source);
  /// Those that are back.
  [[nodiscard]] Sides try_again(Sides sides);

  const Sound::Options options_;
  audio::CaptureHandler& capture_;
  audio::RenderHandler& playback_;
  Doorbell bell_;
  std::atomic<bool> trying_{false};

  mutable absl::Mutex mutex_;
  std::deque<std::function<void()>> asked_ ABSL_GUARDED_BY(mutex_);  // by the user, in order
  // What is to be had, and is tried again where it fails.
  std::string input_ ABSL_GUARDED_BY(mutex_);
  std::string output_ ABSL_GUARDED_BY(mutex_);
  Source source_ ABSL_GUARDED_BY(mutex_);  // null: failed
  Sink sink_ ABSL_GUARDED_BY(mutex_);
  Sides failed_ ABSL_GUARDED_BY(mutex_);            // not yet parted with
  base::Time failed_at_ ABSL_GUARDED_BY(mutex_){};  // the first of failed_
  absl::Status why_ ABSL_GUARDED_BY(mutex_);        // of failed_
  Sides away_ ABSL_GUARDED_BY(mutex_);              // parted with, not back
  Sides awaited_ ABSL_GUARDED_BY(mutex_);           // of those, what may return by itself
  Sides stands_in_ ABSL_GUARDED_BY(mutex_);         // of those, where the default one is used
  Sides opened_ ABSL_GUARDED_BY(mutex_);            // again, and not told: it may stand still
  RetryTimes times_ ABSL_GUARDED_BY(mutex_);
  audio::SinkFigures output_before_ ABSL_GUARDED_BY(mutex_);      // counts of sinks that are gone
  std::uint64_t input_xruns_before_ ABSL_GUARDED_BY(mutex_) = 0;  // of sources that are gone
  std::jthread thread_;
};

}  // namespace comcat::client
