#include "audio/paced_source.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "audio/pacer.h"
#include "audio/step_thread.h"

namespace comcat::audio {
namespace {

class Silence final : public SoundProducer {
 public:
  Produced produce(std::span<float> samples) override {
    std::ranges::fill(samples, 0.0F);
    return Produced::kNothing;
  }
};

class Tone final : public SoundProducer {
 public:
  explicit Tone(double hertz) : step_(2 * std::numbers::pi * hertz / kSampleRate) {}

  Produced produce(std::span<float> samples) override {
    for (float& sample : samples) {
      sample = static_cast<float>(kAmplitude * std::sin(phase_));
      phase_ += step_;
      if (phase_ >= 2 * std::numbers::pi) phase_ -= 2 * std::numbers::pi;
    }
    return Produced::kSound;
  }

 private:
  static constexpr double kAmplitude = 0.5;
  const double step_;
  double phase_ = 0;
};

class FromFile final : public SoundProducer {
 public:
  explicit FromFile(SoundReader reader) : reader_(std::move(reader)) {}

  Produced produce(std::span<float> samples) override {
    const std::size_t count = reader_.read(samples);
    std::ranges::fill(samples.subspan(count), 0.0F);
    return count > 0 ? Produced::kSound : Produced::kEnd;
  }
  absl::Status status() const override { return reader_.status(); }

 private:
  SoundReader reader_;
};

}  // namespace

std::unique_ptr<SoundProducer> make_silence() {
  return std::make_unique<Silence>();
}

std::unique_ptr<SoundProducer> make_tone(double hertz) {
  return std::make_unique<Tone>(hertz);
}

std::unique_ptr<SoundProducer> make_file(SoundReader reader) {
  return std::make_unique<FromFile>(std::move(reader));
}

PacedSource::PacedSource(std::string description, std::unique_ptr<SoundProducer> producer,
                         std::chrono::microseconds turn)
    : description_(std::move(description)),
      producer_(std::move(producer)),
      turn_(turn),
      samples_(to_samples(turn)) {}

absl::Status PacedSource::start(CaptureHandler& handler, EndHandler on_end) {
  if (thread_.joinable()) {
    return absl::FailedPreconditionError(description_ + " has been started already");
  }
  Pacer pacer([this, &handler, on_end = std::move(on_end)] { return deliver(handler, on_end); },
              turn_);
  thread_ = run_steps("comcat-source", [this, pacer = std::move(pacer),
                                        begun = false](base::Time now) mutable {
    return std::exchange(begun, true) ? pacer.step(now) : std::optional<base::Time>(now + turn_);
  });
  return absl::OkStatus();
}

void PacedSource::stop() {
  thread_ = std::jthread();
}

bool PacedSource::deliver(CaptureHandler& handler, const EndHandler& on_end) {
  const Produced produced = producer_->produce(samples_);
  if (produced == Produced::kSound) {
    handler.on_captured(samples_);
  } else {
    handler.on_nothing(samples_);
  }
  if (produced != Produced::kEnd) {
    ended_ = false;
    return true;
  }
  const absl::Status status = producer_->status();
  if (!std::exchange(ended_, true) && on_end) on_end(status);
  return status.ok();
}

}  // namespace comcat::audio
