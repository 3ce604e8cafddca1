#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

#include "absl/synchronization/mutex.h"
#include "support/process.h"

namespace comcat::audio {

using testing::TemporaryDirectory;

/// Generous: only a broken test waits this long.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

/// Keeps all that a source delivers; waits for an amount of it.
class Recorder final : public CaptureHandler {
 public:
  void on_captured(std::span<const float> samples) noexcept override {
    const absl::MutexLock lock(&mutex_);
    samples_.insert(samples_.end(), samples.begin(), samples.end());
  }

  /// What has come, once it is `count` samples or more.
  std::vector<float> wait_for(std::size_t count) {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [&]()
                            ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return samples_.size() >= count; };
    mutex_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
    return samples_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<float> samples_ ABSL_GUARDED_BY(mutex_);
};

/// Plays `samples` once and silence after; waits until a sink has taken an amount.
class Player final : public RenderHandler {
 public:
  explicit Player(std::vector<float> samples) : samples_(std::move(samples)) {}

  void on_render(std::span<float> out) noexcept override {
    const absl::MutexLock lock(&mutex_);
    const std::size_t from = std::min(position_, samples_.size());
    const std::size_t count = std::min(out.size(), samples_.size() - from);
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(from), count, out.begin());
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), 0.0F);
    position_ += out.size();
  }

  /// Whether `count` samples have been taken.
  bool wait_for(std::size_t count) {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return position_ >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
  }

 private:
  absl::Mutex mutex_;
  const std::vector<float> samples_;
  std::size_t position_ ABSL_GUARDED_BY(mutex_) = 0;
};

/// What on_end said, and how often.
class End {
 public:
  EndHandler handler() {
    return [this](absl::Status status) {
      const absl::MutexLock lock(&mutex_);
      status_ = std::move(status);
      ++count_;
    };
  }
  bool wait() {
    const absl::MutexLock lock(&mutex_);
    const auto ended = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return count_ > 0; };
    return mutex_.AwaitWithTimeout(absl::Condition(&ended), kPatience);
  }
  int count() {
    const absl::MutexLock lock(&mutex_);
    return count_;
  }
  absl::Status status() {
    const absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace comcat::audio
