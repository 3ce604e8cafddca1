#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "comcat/audio/device_info.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/client/capture.h"
#include "comcat/client/playback.h"
#include "comcat/codec/encoder.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::client {

class SoundDevices;

/// A client's microphone and loudspeaker, and the threads behind them.
///
/// A device that fails during a call is reported through `on_failure`; the call goes on without it.
/// It is tried again until it is back, which `on_return` reports; what is no device, as a recording
/// whose disk is full, only when reopen() asks for it.
///
/// Threads    the owner's; capture() and playback() say what else may be called from where.
///            Starts an encode and a repair thread with the devices, which end in stop().
class Sound {
 public:
  enum class Side { kInput, kOutput };
  struct Sides {
    bool input = false;
    bool output = false;
    [[nodiscard]] bool any() const { return input || output; }
  };
  struct Options {
    std::string input;
    std::string output;
    codec::EncoderOptions encoder;
    VoiceStages::Change stages;  // from nothing
    Capture::Send send;
    // From a thread that may post but not call back.
    CaptureChain::OnMutedSpeech on_muted_speech;
    std::function<void()> on_input_end;  // a file has been played to its end
    std::function<void(Sides, absl::Status)> on_failure;
    std::function<void(Sides)> on_return;
    audio::NoticeHandler on_notice;
  };

  /// Called from the thread that opens and closes devices, which it must not wait for.
  using OnChosen = std::function<void(absl::Status)>;
  using OnListed = std::function<void(absl::StatusOr<std::vector<audio::DeviceInfo>>)>;

  /// Finds the devices and files, but opens nothing. kInvalidArgument where an option makes no
  /// sense, another code where there is no such device or file.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Sound>> create(Options options);
  ~Sound();
  Sound(const Sound&) = delete;
  Sound& operator=(const Sound&) = delete;

  /// Opens both; on failure neither stays open.
  [[nodiscard]] absl::Status start();
  /// Closes both, and completes what is being written to a file.
  void stop();

  /// OK where that side is open, or could be opened again. A device that is tried again anyway is
  /// tried at once, and waited for by nobody: kUnavailable.
  [[nodiscard]] absl::Status reopen(Side side);

  /// Another input or output, as audio::make_source() and make_sink() have it, from now on: while
  /// the call goes on, as soon as may be, in the order in which it is asked for. Where that cannot
  /// be, the one before stays. From start() on.
  void choose(Side side, std::string spec, OnChosen then);
  /// The devices that this machine has now, in the same order.
  void list(OnListed then);
  /// Calls `act` in the same order, from the same thread.
  void then(std::function<void()> act);

  [[nodiscard]] Capture& capture() { return *capture_; }
  [[nodiscard]] Playback& playback() { return playback_; }
  [[nodiscard]] std::string description() const;
  /// Whether an input that has ended may go on.
  [[nodiscard]] bool input_may_resume() const;
  /// The path of the recording that is being made, or empty.
  [[nodiscard]] std::string recording() const;
  /// Of the output; what was missed is counted over all devices that it has had.
  [[nodiscard]] audio::SinkFigures output() const;
  /// How often the input's devices have said that they lost samples.
  [[nodiscard]] std::uint64_t input_xruns() const;
  /// As audio::Source::counted_delay().
  [[nodiscard]] std::chrono::microseconds input_delay() const;

 private:
  explicit Sound(std::unique_ptr<Capture> capture);

  std::unique_ptr<Capture> capture_;
  Playback playback_;
  std::unique_ptr<SoundDevices> devices_;
  std::jthread encode_thread_;
};

}  // namespace comcat::client
