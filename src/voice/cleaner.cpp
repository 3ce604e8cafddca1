#include "voice/cleaner.h"

namespace comcat::voice {
namespace {

// Measured: the split into three bands, the blocks of the echo's filter, the noise's window.
constexpr std::chrono::microseconds kSplitDelay{960};
constexpr std::chrono::microseconds kEchoDelay{8'000};
constexpr std::chrono::microseconds kNoiseDelay{6'000};

}  // namespace

void Cleaner::configure(bool echo, Noise noise) {
  webrtc_.configure({echo, noise, false});
  echo_ = echo;
  noise_ = noise;
}

void Cleaner::process(Moment& moment) {
  if (echo_) webrtc_.play(moment.far);
  webrtc_.process(moment.near, moment.echo_delay);
}

std::chrono::microseconds Cleaner::delay() const {
  std::chrono::microseconds sum = kSplitDelay;
  if (echo_) sum += kEchoDelay;
  if (noise_ != Noise::kOff) sum += kNoiseDelay;
  return sum;
}

}  // namespace comcat::voice
