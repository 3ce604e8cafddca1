#pragma once

#include "comcat/voice/settings.h"
#include "comcat/voice/stage.h"

#include "voice/webrtc_audio.h"

namespace comcat::voice {

/// Takes the loudspeaker's echo and steady noise out of the microphone's sound, after a high-pass
/// filter. The echo's path is learnt while somebody is heard, for which every moment has to come
/// by, silent or not.
class Cleaner final : public Stage {
 public:
  Cleaner(bool echo, Noise noise) : webrtc_({echo, noise, false}) { configure(echo, noise); }

  /// What has been learnt stays, unless echo is switched.
  void configure(bool echo, Noise noise);
  void process(Moment& moment) override;
  [[nodiscard]] std::chrono::microseconds delay() const override;

 private:
  WebRtcAudio webrtc_;
  bool echo_ = false;
  Noise noise_ = Noise::kOff;
};

}  // namespace comcat::voice
