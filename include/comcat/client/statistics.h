#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "comcat/base/thread_priority.h"
#include "comcat/client/capture.h"
#include "comcat/client/playback.h"
#include "comcat/client/report.h"
#include "comcat/transport/voice_stream.h"
#include "comcat/wire/messages.h"

/// Values and functions of them. Threads: any.
namespace comcat::client {

/// Everything that `stats` shows, at one moment.
struct Statistics {
  transport::VoiceStream::Stats stream;
  Capture::Stats capture;
  Playback::Stats playback;
  voice::Chain::Figures voice;
  audio::SinkFigures output;
  base::RealtimeThreads realtime;
  std::chrono::microseconds input_delay{0};  // as audio::Source::counted_delay()
  std::uint64_t input_xruns = 0;  // how often the input's device said that it lost samples
  codec::EncoderOptions encoder;  // as it is now
  std::optional<std::chrono::microseconds> round_trip;
  // Between the server and others, where it tells.
  std::map<wire::SessionNumber, std::chrono::milliseconds> round_trips;
  std::map<wire::SessionNumber, wire::Member> members;
  wire::SessionNumber self = 0;
  std::optional<std::chrono::microseconds> loopback;  // of one's own packets, there and back
};

/// What a listener's delay adds up to, where we know it, for the speaker who is heard last of all:
/// of one whose sound card is as ours, and whose way to the server is as ours where it is not told.
/// What cards do not tell of themselves is not in it.
struct MouthToEar {
  std::chrono::milliseconds capture{0};  // the microphone, and until a frame is whole; may be < 0
  std::chrono::milliseconds voice{0};    // the stages that clean it
  std::chrono::milliseconds codec{0};    // Opus looks ahead
  std::chrono::milliseconds network{0};  // half of the speaker's round trip, and of ours
  std::chrono::milliseconds playout{0};  // the speaker's jitter buffer
  std::chrono::milliseconds output{0};   // what waits for the device, and the device
  [[nodiscard]] std::chrono::milliseconds total() const {
    return capture + voice + codec + network + playout + output;
  }
};

[[nodiscard]] MouthToEar estimate(const Statistics& statistics);

/// From one's own mouth to one's own ear, where one hears oneself: the network's part is measured.
[[nodiscard]] std::optional<MouthToEar> loopback_delay(const Statistics& statistics);

[[nodiscard]] Report stats_report(const Statistics& statistics);

}  // namespace comcat::client
