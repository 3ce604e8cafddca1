#include "audio/mono_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "comcat/audio/frame.h"

namespace comcat::audio {
namespace {

constexpr std::size_t kReadFrames = 480;

}  // namespace

MonoReader::MonoReader(std::unique_ptr<SoundDecoder> decoder)
    : decoder_(std::move(decoder)),
      downmix_(decoder_->format().weights, decoder_->format().rate_hz),
      interleaved_(kReadFrames * static_cast<std::size_t>(decoder_->format().channels)) {
  mono_.reserve(kReadFrames);
  const int rate_hz = decoder_->format().rate_hz;
  if (rate_hz != kSampleRate) resampler_.emplace(rate_hz, kSampleRate);
}

std::size_t MonoReader::read(std::span<float> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    if (position_ == mono_.size() && !refill()) break;
    const std::span<const float> in = std::span<const float>(mono_).subspan(position_);
    const std::span<float> rest = out.subspan(done, std::min(out.size() - done, left()));
    if (rest.empty()) break;
    const Resampler::Progress progress = convert(in, rest);
    position_ += progress.consumed_samples;
    done += progress.produced_samples;
    produced_ += progress.produced_samples;
  }
  for (float& sample : out.first(done)) {
    sample = std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
  }
  return done;
}

Resampler::Progress MonoReader::convert(std::span<const float> in, std::span<float> out) {
  if (resampler_) return resampler_->process(in, out);
  const std::size_t count = std::min(in.size(), out.size());
  std::copy_n(in.begin(), count, out.begin());
  return {count, count};
}

/// Samples that may still come out: as many as the sound lasts, once its end has been seen.
std::size_t MonoReader::left() const {
  if (!ended_) return SIZE_MAX;
  const auto rate = static_cast<std::uint64_t>(decoder_->format().rate_hz);
  const std::uint64_t total = (consumed_frames_ * kSampleRate + rate - 1) / rate;
  return static_cast<std::size_t>(total - std::min<std::uint64_t>(total, produced_));
}

/// The next frames, mixed down; after the end, the zeros that push the last samples out of the
/// resampler. False when nothing is left.
bool MonoReader::refill() {
  position_ = 0;
  if (ended_) {
    mono_.assign(kReadFrames, 0.0F);
    return resampler_ && left() > 0;
  }
  const std::size_t frames = decoder_->read(interleaved_);
  if (frames == 0) {
    ended_ = true;
    mono_.clear();
    return refill();
  }
  consumed_frames_ += frames;
  mono_.resize(frames);
  downmix_.process(interleaved_.data(), mono_);
  return true;
}

}  // namespace comcat::audio
