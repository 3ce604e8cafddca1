#pragma once

#include <chrono>
#include <memory>

#include "comcat/audio/frame.h"
#include "comcat/voice/settings.h"

namespace comcat::voice {

/// WebRTC's audio processing as libtgowt packs it. This file is the one place that knows of it:
/// another WebRTC takes its place here. Of its gain control only the limiter is used: its judgement
/// of speech, a neural network's, is not in Debian's package, so that it would raise noise.
///
/// Threads    one at a time.
class WebRtcAudio {
 public:
  struct Config {
    bool echo = false;
    Noise noise = Noise::kOff;  // this and `echo` bring a high-pass filter
    bool limiter = false;
  };

  explicit WebRtcAudio(const Config& config);
  ~WebRtcAudio();
  WebRtcAudio(const WebRtcAudio&) = delete;
  WebRtcAudio& operator=(const WebRtcAudio&) = delete;

  /// What has been learnt stays, unless echo is switched.
  void configure(const Config& config);

  /// What is played, each block before the block of the microphone beside which it belongs.
  void play(const audio::Block& far);
  /// `echo_delay`: about how much later the echo of what was played comes.
  void process(audio::Block& near, std::chrono::milliseconds echo_delay);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> it_;
};

/// WebRTC's judgement of whether a block is speech, from its spectrum and what came before.
/// Threads    one at a time.
class WebRtcSpeech {
 public:
  WebRtcSpeech();
  ~WebRtcSpeech();
  WebRtcSpeech(const WebRtcSpeech&) = delete;
  WebRtcSpeech& operator=(const WebRtcSpeech&) = delete;

  [[nodiscard]] bool is_speech(const audio::Block& block);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> it_;
};

}  // namespace comcat::voice
