#include "audio/stream_watch.h"

#include <utility>

namespace comcat::audio {

StreamWatch::State StreamWatch::look(base::Time now, std::uint64_t calls, bool finished) {
  if (finished) return State::kFinished;
  const bool was_stopped = !last_look_ || now - *last_look_ > 10 * kInterval;
  last_look_ = now;
  if (std::exchange(calls_, calls) != calls || was_stopped) last_call_ = now;
  return now - last_call_ >= kTimeout ? State::kSilent : State::kRunning;
}

}  // namespace comcat::audio
