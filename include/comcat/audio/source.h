#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "comcat/audio/frame.h"
#include "comcat/base/realtime.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::audio {

/// Receives what a Source captures. Called from the source's own thread, which may be a sound
/// card's: see COMCAT_REALTIME for what it must never do.
class CaptureHandler {
 public:
  virtual ~CaptureHandler() = default;
  /// `samples` is valid during the call only; its length is whatever the device delivers.
  virtual void on_captured(std::span<const float> samples) COMCAT_REALTIME = 0;
  /// The same of a source that has nothing to bring: a file after its end, a pipe that nobody
  /// writes into, "null". `silence` is as long as that.
  virtual void on_nothing(std::span<const float> silence) COMCAT_REALTIME { on_captured(silence); }
};

/// Why a stream that was running came to an end: OK when a file has been played to its end (silence
/// follows, so that a call goes on; a FIFO may go on, and end again), an error when a device or a
/// disk failed (nothing follows). Called from a thread that may allocate and log; it must not call
/// start() or stop(), which are still the owner's to call.
using EndHandler = std::function<void(absl::Status)>;

/// Where a client's voice comes from: a microphone, a WAV file, a tone, or silence.
///
/// Threads    everything from one thread, the owner's. The handler is called from the
///            source's thread between the two; stop() returns after its last call.
/// Ownership  handlers must outlive the source or its stop(). Destruction stops.
class Source {
 public:
  virtual ~Source() = default;
  /// kFailedPrecondition or kNotFound with a sentence for the user where the device cannot open.
  [[nodiscard]] virtual absl::Status start(CaptureHandler& handler, EndHandler on_end) = 0;
  virtual void stop() = 0;
  /// How often the device has reported lost samples since start(); 0 where there is no device.
  [[nodiscard]] virtual std::uint64_t xruns() const { return 0; }
  /// From the microphone to the handler, as the device tells it at this moment; 0 where it does
  /// not.
  [[nodiscard]] virtual std::chrono::microseconds device_delay() const { return {}; }
  /// The same, for who adds up what makes sound late, counted from the last sample of a turn. In
  /// JACK's graph all of a turn comes when it begins, so that is less than nothing; what JACK tells
  /// of a sound card, which may not be at the other end, is left out.
  [[nodiscard]] virtual std::chrono::microseconds counted_delay() const { return device_delay(); }
  /// Whether something may follow the end: somebody else may write into a FIFO.
  [[nodiscard]] virtual bool may_resume() const { return false; }
  /// Whether one that has failed may work again later by itself, as a sound system that is started
  /// again: then another is to be made and started.
  [[nodiscard]] virtual bool may_return() const { return false; }
  /// Whether it has brought sound since start(): a device may be open and stand still, as nothing
  /// connects it.
  [[nodiscard]] virtual bool has_begun() const { return true; }
  /// For people, and safe to print: "file:speech.wav", "USB Headset".
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Opens `spec`: "device" or "" (the default sound device), a device's number or part of its name,
/// "file:PATH" (what SoundReader reads, or a FIFO), "-" (standard input), "tone:HZ" (a sine of 20
/// to 20000 Hz at half of full scale) or "null" (silence). kInvalidArgument, kNotFound,
/// kFailedPrecondition or kUnavailable with one sentence. A file is opened here, a device is looked
/// up here and opened by start(). What is no device gives `turn` of sound at a time.
[[nodiscard]] absl::StatusOr<std::unique_ptr<Source>> make_source(
    const std::string& spec, std::chrono::microseconds turn = kBlockDuration);

/// Whether `spec` means a sound device.
[[nodiscard]] bool is_device(const std::string& spec);

/// Whether `spec` means whichever sound device is the default one.
[[nodiscard]] bool is_default_device(const std::string& spec);

/// Whether `spec` takes standard input for itself.
[[nodiscard]] bool reads_standard_input(const std::string& spec);

}  // namespace comcat::audio
