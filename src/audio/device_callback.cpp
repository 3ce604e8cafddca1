#include "audio/device_callback.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace comcat::audio {

void DeviceCallback::prepare(std::unique_ptr<StreamProcessor> processor, int channels) {
  processor_ = std::move(processor);
  channels_ = static_cast<std::size_t>(channels);
}

int DeviceCallback::on_audio(const void* in, void* out, unsigned long frames,
                             const PaStreamCallbackTimeInfo* /*time*/, PaStreamCallbackFlags flags,
                             void* user) COMCAT_REALTIME {
  auto& self = *static_cast<DeviceCallback*>(user);
  self.calls_.fetch_add(1, std::memory_order_relaxed);
  if ((flags & (paInputOverflow | paOutputUnderflow)) != 0) {
    self.xruns_.fetch_add(1, std::memory_order_relaxed);
  }
  self.process(in, out, frames);
  return paContinue;
}

void DeviceCallback::on_finished(void* user) COMCAT_REALTIME {
  static_cast<DeviceCallback*>(user)->finished_.store(true, std::memory_order_release);
}

// Either this sees open_ false, or close() sees inside_ true and waits: both are sequentially
// consistent.
void DeviceCallback::process(const void* in, void* out, unsigned long frames) COMCAT_REALTIME {
  inside_.store(true);
  if (open_.load()) {
    processor_->process(static_cast<const float*>(in), static_cast<float*>(out), frames);
  } else if (out != nullptr) {
    std::fill_n(static_cast<float*>(out), frames * channels_, 0.0F);
  }
  inside_.store(false);
}

void DeviceCallback::close() {
  open_.store(false);
  while (inside_.load()) std::this_thread::yield();  // microseconds: the processor never waits
}

}  // namespace comcat::audio
