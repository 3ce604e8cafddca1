#include "comcat/server/session.h"

#include <algorithm>
#include <utility>

namespace comcat::server {
namespace {

constexpr std::chrono::milliseconds kPause{60};  // a longer gap is a pause, not jitter
constexpr std::int64_t kSamplesPerMillisecond = 48;
constexpr std::uint32_t kUnknownSamples = 960;

constexpr double kTolerance = 1.05;  // clocks differ
constexpr double kMinCommandBurst = 5;

RateLimit rate(double per_second, std::chrono::milliseconds burst, double at_least = 1) {
  const double at_once = per_second * static_cast<double>(burst.count()) / 1000;
  return {per_second * kTolerance, std::max(at_once, at_least)};
}

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

Session::Session(Link& link, std::string its_address, const SessionLimits& limits)
    : address(std::move(its_address)),
      listener(link, limits.queue),
      frames(rate(limits.max_frames_per_second, limits.voice_burst)),
      bytes(rate(limits.max_bytes_per_second, limits.voice_burst)),
      commands(rate(limits.max_commands_per_second, limits.command_burst, kMinCommandBurst)) {}

}  // namespace comcat::server
