#include "audio/device_callback.h"

#include <cstdint>

namespace comcat::audio {

int DeviceCallback::on_audio(const void* in, void* out, unsigned long frames,
                             const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                             void* user) COMCAT_REALTIME {
  auto& self = *static_cast<DeviceCallback*>(user);
  self.counters_.calls.fetch_add(1, std::memory_order_relaxed);
  if ((flags & (paInputOverflow | paOutputUnderflow)) != 0) {
    self.counters_.xruns.fetch_add(1, std::memory_order_relaxed);
  }
  if (time != nullptr) {
    const double seconds = static_cast<double>(frames) / self.rate_hz_;
    const std::chrono::microseconds told = delay_of(*time, in != nullptr, seconds);
    self.counters_.delay_us.store(told.count(), std::memory_order_relaxed);
    const std::chrono::microseconds counted =
        self.in_graph_ ? self.delay_in_graph(in != nullptr, seconds, base::steady_now()) : told;
    self.counters_.counted_delay_us.store(counted.count(), std::memory_order_relaxed);
  }
  self.processor_->process(static_cast<const float*>(in), static_cast<float*>(out), frames);
  return paContinue;
}

std::chrono::microseconds DeviceCallback::delay_of(const PaStreamCallbackTimeInfo& time,
                                                   bool captures, double seconds) COMCAT_REALTIME {
  const double told = captures ? time.currentTime - time.inputBufferAdcTime - seconds
                               : time.outputBufferDacTime - time.currentTime;
  const bool sensible = told > 0 && told < 1;  // and no NaN
  return std::chrono::microseconds(sensible ? static_cast<std::int64_t>(told * 1e6) : 0);
}

std::chrono::microseconds DeviceCallback::delay_in_graph(bool captures, double seconds,
                                                         base::Time now) COMCAT_REALTIME {
  const bool goes_on = std::chrono::duration<double>(now - last_part_).count() < seconds / 4;
  period_seconds_ = (goes_on ? period_seconds_ : 0) + seconds;
  last_part_ = now;
  return std::chrono::microseconds(captures ? -static_cast<std::int64_t>(period_seconds_ * 1e6)
                                            : 0);
}

void DeviceCallback::on_finished(void* user) COMCAT_REALTIME {
  static_cast<DeviceCallback*>(user)->counters_.finished.store(true, std::memory_order_release);
}

}  // namespace comcat::audio
