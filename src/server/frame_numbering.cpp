#include "comcat/server/frame_numbering.h"

#include <algorithm>
#include <chrono>

namespace comcat::server {
namespace {

constexpr std::chrono::milliseconds kPause{60};  // a longer gap is a pause, not jitter
constexpr std::int64_t kSamplesPerMillisecond = 48;
constexpr std::uint32_t kUnknownSamples = 960;

}  // namespace

void FrameNumbering::number(wire::VoicePacket& frame, base::Time now) {
  using std::chrono::milliseconds;
  if (started_ && now - expected_ > kPause) {
    const auto paused = std::chrono::duration_cast<milliseconds>(now - expected_);
    timestamp_ += static_cast<std::uint32_t>(paused.count() * kSamplesPerMillisecond);
    expected_ = now;
  } else if (!started_) {
    started_ = true;
    expected_ = now;
  }
  frame.sequence = sequence_++;
  frame.timestamp = timestamp_;
  const std::uint32_t samples =
      frame.duration_samples == 0 ? kUnknownSamples : frame.duration_samples;
  timestamp_ += samples;
  const std::chrono::microseconds duration(samples * 1000LL / kSamplesPerMillisecond);
  // A burst or a clock that runs fast must not hide the next pause.
  expected_ = std::min(expected_, now + kPause) + duration;
}

}  // namespace comcat::server
