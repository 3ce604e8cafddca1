#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "comcat/audio/frame.h"
#include "comcat/audio/source.h"
#include "comcat/base/clock.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::audio {

/// One time that a sink's device took what it plays.
struct RenderTurn {
  base::Time at{};
  std::size_t missed = 0;   // samples since the last turn: silence, as nothing had been rendered
  std::size_t waiting = 0;  // of what has been rendered, the last that were not taken yet
};

/// Fills what a Sink is about to play. Called from the sink's own thread, which is never a sound
/// card's: it may lock and compute, but a block of 10 ms has to be ready in less.
class RenderHandler {
 public:
  virtual ~RenderHandler() = default;
  /// Writes every sample of `samples`; its length is whatever the device asks for.
  virtual void on_render(std::span<float> samples) noexcept = 0;
  /// The device has had a turn, a while ago. A turn that was not told of is in the next one.
  virtual void on_turn(const RenderTurn& /*turn*/) noexcept {}
};

/// What a sink that is running says of itself.
struct SinkFigures {
  std::uint64_t missed_samples = 0;    // silence played because nothing had been rendered in time
  std::uint64_t xruns = 0;             // how often the device has said that it lost samples
  std::chrono::microseconds delay{0};  // from on_render() to the device, usually
  std::chrono::microseconds device_delay{0};   // from there to the loudspeaker, as the device tells
  std::chrono::microseconds counted_delay{0};  // of that; nothing in JACK's graph
};

/// A sentence for the user about a sink that goes on. Called as EndHandler.
using NoticeHandler = std::function<void(std::string)>;

/// Where a client's hearing goes: a sound card, a WAV file, or nowhere.
///
/// Threads, ownership: as Source.
class Sink {
 public:
  virtual ~Sink() = default;
  [[nodiscard]] virtual absl::Status start(RenderHandler& handler, EndHandler on_end) = 0;
  virtual void stop() = 0;
  [[nodiscard]] virtual SinkFigures figures() const { return {}; }
  [[nodiscard]] virtual bool may_return() const { return false; }
  /// Whether it has asked for sound since start(): a device may be open and stand still, as
  /// nothing connects it.
  [[nodiscard]] virtual bool has_begun() const { return true; }
  /// As Source's; of a recording that has been started, the file that is really written.
  [[nodiscard]] virtual std::string description() const = 0;
  /// The path of the file that is written; empty before start() and where there is none.
  [[nodiscard]] virtual std::string recording() const { return {}; }
};

/// Opens `spec`: as make_source, where "file:PATH.wav" is written (16-bit; created by start(), the
/// next free name-2.wav where there is something of that name; complete once stopped, at most a
/// second short if the process is killed), "file:FIFO" and "-"
/// (standard output) take raw 16-bit samples, "null" throws the sound away and "tone:" is refused.
[[nodiscard]] absl::StatusOr<std::unique_ptr<Sink>> make_sink(const std::string& spec,
                                                              NoticeHandler on_notice = nullptr);

/// Whether `spec` takes standard output for itself.
[[nodiscard]] bool writes_standard_output(const std::string& spec);

}  // namespace comcat::audio
