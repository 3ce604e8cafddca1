#include "audio/shared_handlers.h"

#include <algorithm>

namespace comcat::audio {

void SharedCapture::on_captured(std::span<const float> samples) COMCAT_REALTIME {
  const std::size_t taken = stream_.ring.write(samples);
  stream_.counters.requested.fetch_add(samples.size(), std::memory_order_relaxed);
  if (taken < samples.size()) {
    stream_.counters.missed.fetch_add(samples.size() - taken, std::memory_order_relaxed);
  }
  stream_.post();
}

void SharedRender::on_render(std::span<float> samples) COMCAT_REALTIME {
  const std::size_t there = stream_.ring.read(samples);
  primed_ = primed_ || there > 0;
  const std::size_t missing = samples.size() - there;
  std::fill(samples.begin() + static_cast<std::ptrdiff_t>(there), samples.end(), 0.0F);
  if (primed_) stream_.counters.missed.fetch_add(missing, std::memory_order_relaxed);
  stream_.counters.requested.fetch_add(samples.size(), std::memory_order_relaxed);
  taken_ += there;
  missed_ += missing;
  const DeviceTurn turn{base::steady_now(), static_cast<std::uint32_t>(samples.size()), taken_,
                        missed_};
  stream_.turns.write({&turn, 1});
}

}  // namespace comcat::audio
