#pragma once

#include <memory>
#include <span>
#include <string>
#include <thread>

#include "comcat/audio/frame.h"
#include "comcat/audio/sound_reader.h"
#include "comcat/audio/source.h"

namespace comcat::audio {

/// Where a paced source's sound comes from, 10 ms at a time.
class BlockProducer {
 public:
  virtual ~BlockProducer() = default;
  /// Fills `block`; false when there was nothing left to put into it, which is then silent.
  virtual bool produce(Block& block) = 0;
  /// Whether there may be something again later.
  [[nodiscard]] virtual bool may_resume() const { return false; }
  /// Not OK where that was too early: the rest cannot be had.
  [[nodiscard]] virtual absl::Status status() const { return absl::OkStatus(); }
};

[[nodiscard]] std::unique_ptr<BlockProducer> make_silence();

/// A sine of amplitude 0.5 (RMS -9 dBFS) that never ends.
[[nodiscard]] std::unique_ptr<BlockProducer> make_tone(double hertz);

[[nodiscard]] std::unique_ptr<BlockProducer> make_file(SoundReader reader);

/// A source without a sound card: a Pacer on a thread of its own calls for each block. Once the
/// producer has nothing left it says so (on_end, OK) and goes on with silence, or ends with
/// the producer's error. Stopped and started again it goes on where it was.
/// Threads    as Source says; the producer is called from the thread of its own.
class PacedSource final : public Source {
 public:
  PacedSource(std::string description, std::unique_ptr<BlockProducer> producer);

  [[nodiscard]] absl::Status start(CaptureHandler& handler, EndHandler on_end) override;
  void stop() override;
  [[nodiscard]] bool may_resume() const override { return producer_->may_resume(); }
  [[nodiscard]] std::string description() const override { return description_; }

 private:
  /// False when no further block is wanted.
  bool deliver(CaptureHandler& handler, const EndHandler& on_end);

  const std::string description_;
  std::unique_ptr<BlockProducer> producer_;  // the thread's while it runs
  bool ended_ = false;                       // and told; the thread's while it runs
  std::jthread thread_;
};

}  // namespace comcat::audio
