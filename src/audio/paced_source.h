#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/audio/sound_reader.h"
#include "comcat/audio/source.h"

namespace comcat::audio {

enum class Produced {
  kSound,
  kNothing,  // for now, or ever
  kEnd,      // there was something before
};

/// Where a paced source's sound comes from, a turn at a time.
class SoundProducer {
 public:
  virtual ~SoundProducer() = default;
  /// Fills `samples`, where there is nothing with silence.
  virtual Produced produce(std::span<float> samples) = 0;
  /// Whether there may be something again later.
  [[nodiscard]] virtual bool may_resume() const { return false; }
  /// Not OK where that was too early: the rest cannot be had.
  [[nodiscard]] virtual absl::Status status() const { return absl::OkStatus(); }
};

[[nodiscard]] std::unique_ptr<SoundProducer> make_silence();

/// A sine of amplitude 0.5 (RMS -9 dBFS) that never ends.
[[nodiscard]] std::unique_ptr<SoundProducer> make_tone(double hertz);

[[nodiscard]] std::unique_ptr<SoundProducer> make_file(SoundReader reader);

/// A source without a sound card: a Pacer on a thread of its own calls for each turn, the first
/// once a microphone would have heard it: a call has that long to learn who is there. Once the
/// producer has nothing left it says so (on_end, OK) and goes on with silence, or ends with
/// the producer's error. Stopped and started again it goes on where it was.
/// Threads    as Source says; the producer is called from the thread of its own.
class PacedSource final : public Source {
 public:
  /// `turn`: of the sound that comes at a time.
  PacedSource(std::string description, std::unique_ptr<SoundProducer> producer,
              std::chrono::microseconds turn = kBlockDuration);

  [[nodiscard]] absl::Status start(CaptureHandler& handler, EndHandler on_end) override;
  void stop() override;
  [[nodiscard]] bool may_resume() const override { return producer_->may_resume(); }
  [[nodiscard]] std::string description() const override { return description_; }

 private:
  /// False when no further turn is wanted.
  bool deliver(CaptureHandler& handler, const EndHandler& on_end);

  const std::string description_;
  std::unique_ptr<SoundProducer> producer_;  // the thread's while it runs
  const std::chrono::microseconds turn_;
  std::vector<float> samples_;  // a turn; likewise
  bool ended_ = false;          // and told; the thread's while it runs
  std::jthread thread_;
};

}  // namespace comcat::audio
