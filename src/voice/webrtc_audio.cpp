#include "voice/webrtc_audio.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <api/audio/echo_canceller3_factory.h>
#include <common_audio/vad/include/vad.h>
#include <modules/audio_processing/include/audio_processing.h>
#include <rtc_base/logging.h>

namespace comcat::voice {
namespace {

using webrtc::AudioProcessing;

constexpr std::chrono::milliseconds kMostDelay{500};  // that WebRTC takes

/// Standard error is the user's.
void silence_log() {
  static const bool once = [] {
    rtc::LogMessage::LogToDebug(rtc::LS_NONE);
    return true;
  }();
  static_cast<void>(once);
}

/// By default the filter begins so closely before an echo that one of some delays begins outside of
/// it: 10 dB more of it were left. And until it has learnt an echo, which on headphones it never
/// does, one as loud as its cause is expected: whoever spoke while others did was not heard in the
/// first 6 s of them, when it gives up. One of -14 dB costs them 5 dB, and of an echo louder than
/// that some 15 dB less is removed for the first second.
std::unique_ptr<webrtc::EchoControlFactory> echo_canceller() {
  webrtc::EchoCanceller3Config config;
  config.delay.delay_headroom_samples = 96;  // at 16 kHz
  config.ep_strength.default_gain = 0.2F;    // of amplitudes
  return std::make_unique<webrtc::EchoCanceller3Factory>(config);
}

AudioProcessing::Config config_of(const WebRtcAudio::Config& wanted) {
  AudioProcessing::Config out;
  out.pipeline.maximum_internal_processing_rate = audio::kSampleRate;
  out.high_pass_filter.enabled = wanted.echo || wanted.noise != Noise::kOff;
  out.echo_canceller.enabled = wanted.echo;
  out.noise_suppression.enabled = wanted.noise != Noise::kOff;
  out.noise_suppression.level = wanted.noise == Noise::kHigh
                                    ? AudioProcessing::Config::NoiseSuppression::kHigh
                                    : AudioProcessing::Config::NoiseSuppression::kModerate;
  out.gain_controller2.enabled = wanted.limiter;
  return out;
}

}  // namespace

struct WebRtcAudio::Implementation {
  rtc::scoped_refptr<AudioProcessing> processing;
  bool echo = false;
  webrtc::StreamConfig format{audio::kSampleRate, 1};
  audio::Block unused{};  // what WebRTC makes of what is played
};

WebRtcAudio::WebRtcAudio(const Config& config) {
  silence_log();
  it_ = std::make_unique<Implementation>();
  configure(config);
}

WebRtcAudio::~WebRtcAudio() = default;

void WebRtcAudio::configure(const Config& config) {
  if (!it_->processing || config.echo != it_->echo) {
    webrtc::AudioProcessingBuilder builder;
    // Whoever is given an echo canceller uses it, whatever is configured.
    if (config.echo) builder.SetEchoControlFactory(echo_canceller());
    it_->processing = builder.Create();
    it_->echo = config.echo;
  }
  it_->processing->ApplyConfig(config_of(config));
}

void WebRtcAudio::play(const audio::Block& far) {
  const float* const in = far.data();
  float* const out = it_->unused.data();
  it_->processing->ProcessReverseStream(&in, it_->format, it_->format, &out);
}

void WebRtcAudio::process(audio::Block& near, std::chrono::milliseconds echo_delay) {
  const auto delay = std::clamp(echo_delay, std::chrono::milliseconds(0), kMostDelay);
  it_->processing->set_stream_delay_ms(static_cast<int>(delay.count()));
  float* const samples = near.data();
  it_->processing->ProcessStream(&samples, it_->format, it_->format, &samples);
}

struct WebRtcSpeech::Implementation {
  std::unique_ptr<webrtc::Vad> detector = webrtc::CreateVad(webrtc::Vad::kVadVeryAggressive);
  std::array<std::int16_t, audio::kBlockSamples> samples{};
};

WebRtcSpeech::WebRtcSpeech() : it_(std::make_unique<Implementation>()) {}

WebRtcSpeech::~WebRtcSpeech() = default;

bool WebRtcSpeech::is_speech(const audio::Block& block) {
  constexpr float kScale = 32'767;
  std::ranges::transform(block, it_->samples.begin(), [](float sample) {
    return static_cast<std::int16_t>(std::clamp(sample, -1.0F, 1.0F) * kScale);
  });
  return it_->detector->VoiceActivity(it_->samples.data(), it_->samples.size(),
                                      audio::kSampleRate) == webrtc::Vad::kActive;
}

}  // namespace comcat::voice
