#include "audio/stream_watch.h"

#include <utility>

#include "comcat/audio/frame.h"

namespace comcat::audio {

StreamWatch::State StreamWatch::look(base::Time now, const Signs& signs) {
  if (signs.finished) return State::kFinished;
  const bool was_stopped = !last_look_ || now - *last_look_ > 10 * kInterval;
  last_look_ = now;
  if (was_stopped) begin(now, signs);
  if (std::exchange(calls_, signs.calls) != signs.calls || was_stopped) last_call_ = now;
  if (now - last_call_ >= (signs.samples < kFirstSamples ? kFirstTimeout : kTimeout)) {
    return State::kSilent;
  }
  if (now - began_ < kTimeout) return State::kRunning;
  if (spins(now, signs)) return State::kSpinning;
  begin(now, signs);
  return State::kRunning;
}

void StreamWatch::begin(base::Time now, const Signs& signs) {
  began_ = now;
  at_begin_ = signs;
}

bool StreamWatch::spins(base::Time now, const Signs& signs) const {
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double busy = std::chrono::duration<double>(signs.cpu_time - at_begin_.cpu_time).count();
  const auto samples = static_cast<double>(signs.samples - at_begin_.samples);
  return samples > kMostSpeed * kSampleRate * seconds || busy > kMostOfAProcessor * seconds;
}

}  // namespace comcat::audio
