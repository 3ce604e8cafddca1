#include "comcat/client/options.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "comcat/audio/source.h"
#include "comcat/base/text.h"
#include "comcat/transport/known_hosts.h"
#include "comcat/wire/limits.h"

namespace comcat::client {
namespace {

constexpr int kLowestBitrate = 6'000;
constexpr int kHighestBitrate = 128'000;

std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

absl::Status check_encoder(const codec::EncoderOptions& encoder) {
  constexpr std::array kFramesUs{2'500, 5'000, 10'000, 20'000, 40'000, 60'000};
  if (std::ranges::find(kFramesUs, encoder.frame.count()) == kFramesUs.end()) {
    return absl::InvalidArgumentError(
        "--frame_ms " + short_text(static_cast<double>(encoder.frame.count()) / 1000) +
        " is not possible; give 2.5, 5, 10, 20, 40 or 60");
  }
  if (encoder.bitrate_bps < kLowestBitrate || encoder.bitrate_bps > kHighestBitrate) {
    return absl::InvalidArgumentError("--bitrate " + std::to_string(encoder.bitrate_bps) +
                                      " is not possible; give 6000 to 128000 bits a second");
  }
  return absl::OkStatus();
}

/// The stages take 10 ms at a time.
bool has_time_for_stages(const ClientOptions& options) {
  return options.encoder.frame >= audio::kBlockDuration;
}

VoiceStages::Change wanted_stages(const ClientOptions& options) {
  const bool microphone = audio::is_device(options.input);
  const bool loudspeaker = audio::is_device(options.output);
  VoiceStages::Change out = options.stages;
  if (!out.echo) out.echo = microphone && loudspeaker;
  if (!out.noise) out.noise = microphone ? voice::Noise::kLow : voice::Noise::kOff;
  if (!out.gain) out.gain = voice::Gain{.adaptive = microphone, .fixed_db = 0};
  const bool judges = microphone && !options.encoder.constant_bitrate;
  if (!out.activation) out.activation = judges ? Activation::kVoice : Activation::kAlways;
  return out;
}

}  // namespace

VoiceStages::Change stages_of(const ClientOptions& options) {
  const VoiceStages::Change wanted = wanted_stages(options);
  if (has_time_for_stages(options)) return wanted;
  VoiceStages::Change none;
  none.activation = wanted.activation;
  return none;
}

std::string stages_notice(const ClientOptions& options) {
  const VoiceStages::Change wanted = wanted_stages(options);
  const bool any = *wanted.echo || *wanted.noise != voice::Noise::kOff || wanted.gain->on();
  if (has_time_for_stages(options) || !any) return "";
  return "with frames of less than 10 ms your voice is sent as it comes: echo, noise and gain are "
         "off";
}

absl::Status check(const ClientOptions& options) {
  if (options.name.empty()) {
    return absl::InvalidArgumentError(
        "no name is given; say how others shall see you: --name NAME (1 to 32 characters)");
  }
  absl::Status status = wire::check_name(options.name);
  status.Update(wire::check_name(options.room, "room"));
  if (!options.passcode.empty()) status.Update(wire::check_passcode(options.passcode));
  if (!options.room_passcode.empty()) status.Update(wire::check_passcode(options.room_passcode));
  if (!options.host_passcode.empty()) status.Update(wire::check_passcode(options.host_passcode));
  status.Update(check_encoder(options.encoder));
  if (!options.pair_code.empty() && !options.device_key) {
    status.Update(absl::InvalidArgumentError(
        "--pair and --device_key=false contradict each other; a code is for this device's key"));
  }
  if (options.speaking_events && !options.json) {
    status.Update(absl::InvalidArgumentError("--speaking_events are for --json; give both"));
  }
  if (!options.only_fingerprint.empty()) {
    if (!options.tls) {
      status.Update(absl::InvalidArgumentError(
          "--trust and --insecure contradict each other; without TLS there is no certificate"));
    }
    if (!transport::is_fingerprint(options.only_fingerprint)) {
      status.Update(absl::InvalidArgumentError(
          "--trust \"" + base::safe_text(options.only_fingerprint, 80) +
          "\" is no fingerprint; give SHA256:... as the server prints it at its start"));
    }
  }
  return status;
}

}  // namespace comcat::client
