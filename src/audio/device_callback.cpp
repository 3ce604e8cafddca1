#include "audio/device_callback.h"

namespace comcat::audio {

int DeviceCallback::on_audio(const void* in, void* out, unsigned long frames,
                             const PaStreamCallbackTimeInfo* /*time*/, PaStreamCallbackFlags flags,
                             void* user) COMCAT_REALTIME {
  auto& self = *static_cast<DeviceCallback*>(user);
  self.counters_.calls.fetch_add(1, std::memory_order_relaxed);
  if ((flags & (paInputOverflow | paOutputUnderflow)) != 0) {
    self.counters_.xruns.fetch_add(1, std::memory_order_relaxed);
  }
  self.processor_->process(static_cast<const float*>(in), static_cast<float*>(out), frames);
  return paContinue;
}

void DeviceCallback::on_finished(void* user) COMCAT_REALTIME {
  static_cast<DeviceCallback*>(user)->counters_.finished.store(true, std::memory_order_release);
}

}  // namespace comcat::audio
