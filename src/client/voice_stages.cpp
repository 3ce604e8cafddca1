#include "comcat/client/voice_stages.h"

namespace comcat::client {

absl::Status VoiceStages::change(const Change& wanted) {
  const absl::MutexLock lock(&mutex_);
  const voice::Settings next{.echo = wanted.echo.value_or(wanted_.echo),
                             .noise = wanted.noise.value_or(wanted_.noise),
                             .gain = wanted.gain.value_or(wanted_.gain)};
  if (!possible_ && next != voice::Settings{}) {
    return absl::FailedPreconditionError(
        "frames of less than 10 ms leave no time for echo, noise and gain; call with --frame_ms 10 "
        "or more");
  }
  wanted_ = next;
  return absl::OkStatus();
}

voice::Settings VoiceStages::settings() const {
  const absl::MutexLock lock(&mutex_);
  return wanted_;
}

voice::Chain::Figures VoiceStages::figures() const {
  const absl::MutexLock lock(&mutex_);
  return figures_;
}

void VoiceStages::set_device_delays(std::chrono::microseconds delays) {
  const absl::MutexLock lock(&mutex_);
  device_delays_ = delays;
}

std::chrono::microseconds VoiceStages::take_wishes() {
  const absl::MutexLock lock(&mutex_);
  if (wanted_ != settings_) {
    settings_ = wanted_;
    chain_.configure(settings_, /*judges=*/false);
  }
  figures_ = chain_.figures();
  return device_delays_;
}

void VoiceStages::process(CapturedBlock& block, bool muted) {
  if (!possible_) return;
  const std::chrono::microseconds delays = take_wishes();
  if (settings_.echo) far_end_.take(block.position, block.at, delays, moment_);
  if (!chain_.on() || (muted && (!settings_.echo || far_end_.silent()))) return;
  moment_.near = block.samples;
  chain_.process(moment_);
  block.samples = moment_.near;
}

}  // namespace comcat::client
