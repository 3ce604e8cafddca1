#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/client/capture.h"
#include "comcat/client/playback.h"
#include "comcat/codec/encoder.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::client {

/// A client's microphone and loudspeaker, and the two threads behind them.
///
/// A device that fails during a call is reported through `on_end`; the call goes on without it, and
/// it is opened again by the next unmute or undeafen.
///
/// Threads    the owner's; capture() and playback() say what else may be called from where.
///            Starts an encode and a playout thread with the devices, which end in stop().
class Sound {
 public:
  enum class Side { kInput, kOutput };
  struct Options {
    std::string input;
    std::string output;
    codec::EncoderOptions encoder;
    Capture::Send send;
    /// From a thread of the device's, which may post but not call back.
    std::function<void(Side, absl::Status)> on_end;
    audio::NoticeHandler on_notice;  // in the same way
  };

  /// Finds the devices and files, but opens nothing. kInvalidArgument where an option makes no
  /// sense, another code where there is no such device or file.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Sound>> create(Options options);
  ~Sound() { stop(); }
  Sound(const Sound&) = delete;
  Sound& operator=(const Sound&) = delete;

  /// Opens both; on failure neither stays open.
  [[nodiscard]] absl::Status start();
  /// Closes both, and completes what is being written to a file.
  void stop();

  /// To be called, by the owner's thread, after on_end() reported an error.
  void close_failed(Side side);
  /// Opens that side again if it has failed.
  [[nodiscard]] absl::Status reopen(Side side);

  [[nodiscard]] Capture& capture() { return *capture_; }
  [[nodiscard]] Playback& playback() { return playback_; }
  [[nodiscard]] std::string description() const;
  /// Whether an input that has ended may go on.
  [[nodiscard]] bool input_may_resume() const { return source_ && source_->may_resume(); }
  /// The path of the recording that is being made, or empty.
  [[nodiscard]] std::string recording() const { return sink_ ? sink_->recording() : std::string(); }

 private:
  Sound(Options options, std::unique_ptr<Capture> capture);
  [[nodiscard]] absl::Status start_source();
  [[nodiscard]] absl::Status start_sink();

  Options options_;
  std::unique_ptr<Capture> capture_;
  Playback playback_;
  std::unique_ptr<audio::Source> source_;  // null: failed
  std::unique_ptr<audio::Sink> sink_;      // null: failed
  std::jthread encode_thread_;
  std::jthread playout_thread_;
};

}  // namespace comcat::client
