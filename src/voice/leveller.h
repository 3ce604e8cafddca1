#pragma once

#include "comcat/voice/settings.h"
#include "comcat/voice/stage.h"

#include "voice/webrtc_audio.h"

namespace comcat::voice {

/// Makes speech about as loud as kTargetDbfs whoever speaks into whatever microphone, or as much
/// louder as somebody asked; a limiter keeps the loudest of it within full scale.
///
/// Speech alone is measured, and not the pauses in it, so that nothing rises while nobody speaks.
class Leveller final : public Stage {
 public:
  static constexpr double kTargetDbfs = -20;  // of speech without its pauses

  explicit Leveller(Gain gain) : webrtc_({false, Noise::kOff, true}) { configure(gain); }

  void configure(Gain gain);
  void process(Moment& moment) override;

 private:
  void listen(const Moment& moment);

  WebRtcAudio webrtc_;
  bool adaptive_ = false;
  double wanted_db_ = 0;
  double gain_db_ = 0;  // now
  double speech_power_ = 0;
  double heard_blocks_ = 0;  // how far speech_power_ is believed
};

}  // namespace comcat::voice
