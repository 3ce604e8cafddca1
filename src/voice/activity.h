#pragma once

#include <cstddef>

#include "comcat/voice/stage.h"

#include "voice/noise_floor.h"
#include "voice/rumble_filter.h"
#include "voice/webrtc_audio.h"

namespace comcat::voice {

/// Says of each moment whether somebody speaks; changes no sample. What sounds like speech and is
/// louder than the room is, and so is whatever is much louder than it for a while. What has begun
/// goes on as long as it is either. How loud it is, is judged without what is below a voice.
class Activity final : public Stage {
 public:
  void process(Moment& moment) override;

 private:
  WebRtcSpeech webrtc_;
  RumbleFilter rumble_;
  NoiseFloor floor_;
  std::size_t loud_blocks_ = 0;
  bool speech_ = false;
};

}  // namespace comcat::voice
