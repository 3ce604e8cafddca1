#include "comcat/client/voice_stages.h"

namespace comcat::client {

absl::Status VoiceStages::change(const Change& wanted) {
  const absl::MutexLock lock(&mutex_);
  const voice::Settings& now = wanted_.settings;
  const State next{{.echo = wanted.echo.value_or(now.echo),
                    .noise = wanted.noise.value_or(now.noise),
                    .gain = wanted.gain.value_or(now.gain)},
                   wanted.activation.value_or(wanted_.activation)};
  if (!possible_ && next.settings != voice::Settings{}) {
    return absl::FailedPreconditionError(
        "frames of less than 10 ms leave no time for echo, noise and gain; call with --frame_ms "
        "10 or more");
  }
  if (next.activation != wanted_.activation) set_talking(false);
  wanted_ = next;
  return absl::OkStatus();
}

VoiceStages::State VoiceStages::state() const {
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
  if (wanted_ != state_) {
    state_ = wanted_;
    chain_.configure(state_.settings, /*judges=*/state_.activation == Activation::kVoice);
  }
  figures_ = chain_.figures();
  return device_delays_;
}

bool VoiceStages::process(CapturedBlock& block, bool muted) {
  const std::chrono::microseconds delays = take_wishes();
  return is_wanted(possible_ && clean(block, delays, muted));
}

bool VoiceStages::clean(CapturedBlock& block, std::chrono::microseconds delays, bool muted) {
  const bool echo = state_.settings.echo;
  if (echo) far_end_.take(block.position, block.at, delays, moment_);
  if (!chain_.on() || (muted && (!echo || far_end_.silent()))) return false;
  moment_.near = block.samples;
  chain_.process(moment_);
  block.samples = moment_.near;
  return true;
}

bool VoiceStages::is_wanted(bool judged) {
  if (state_.activation == Activation::kAlways) return true;
  if (state_.activation == Activation::kPush) return talking();
  if (!possible_) return true;
  if (!judged) {
    hold_blocks_ = 0;
    return false;
  }
  if (moment_.speech) hold_blocks_ = kHoldBlocks + 1;
  if (hold_blocks_ > 0) --hold_blocks_;
  return moment_.speech || hold_blocks_ > 0;
}

}  // namespace comcat::client
