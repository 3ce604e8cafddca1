#include "audio/device.h"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

#include <pthread.h>

#include "comcat/base/thread_priority.h"

#include "audio/device_choice.h"
#include "audio/device_process.h"
#include "audio/device_pump.h"
#include "audio/shared_stream.h"
#include "audio/stream_watch.h"

namespace comcat::audio {
namespace {

StreamWatch::Signs signs_of(const DeviceProcess& process, const DeviceCounters& counters) {
  StreamWatch::Signs signs;
  signs.calls = counters.calls.load(std::memory_order_relaxed);
  signs.samples = counters.requested.load(std::memory_order_relaxed);
  signs.cpu_time = process.cpu_time();
  signs.finished = counters.finished.load(std::memory_order_acquire) || process.gone();
  return signs;
}

/// An open stream and the thread that moves its samples and watches over it. The order of the
/// members is the order in which they need each other.
template <typename Pump, typename Handler>
class RunningDevice {
 public:
  RunningDevice(std::shared_ptr<DeviceProcess> process, SharedStreamMemory memory,
                std::uint32_t number, Handler& handler, std::function<void()> on_death)
      : process_(std::move(process)),
        number_(number),
        memory_(std::move(memory)),
        pump_(*memory_, handler),
        on_death_(std::move(on_death)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  /// The handler is not called any more once this returns.
  ~RunningDevice() {
    thread_ = std::jthread();
    process_->close(number_);
  }
  RunningDevice(const RunningDevice&) = delete;
  RunningDevice& operator=(const RunningDevice&) = delete;

  [[nodiscard]] const Pump& pump() const { return pump_; }
  [[nodiscard]] bool has_begun() const {
    return memory_->counters.calls.load(std::memory_order_relaxed) > 0;
  }
  [[nodiscard]] std::uint64_t xruns() const {
    return memory_->counters.xruns.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::chrono::microseconds delay() const {
    return std::max(sensible(memory_->counters.delay_us), std::chrono::microseconds(0));
  }
  [[nodiscard]] std::chrono::microseconds counted_delay() const {
    return sensible(memory_->counters.counted_delay_us);
  }

 private:
  /// What the other process says: within a second.
  static std::chrono::microseconds sensible(const std::atomic<std::int64_t>& told_us) {
    constexpr std::int64_t kSecond = 1'000'000;
    return std::chrono::microseconds(
        std::clamp(told_us.load(std::memory_order_relaxed), -kSecond, kSecond));
  }

  void run(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "comcat-device");
    base::ask_for_realtime_priority();
    const std::stop_callback wake(stop, [this] { memory_->post(); });
    base::Time look_at{};
    while (!stop.stop_requested()) {
      const base::Time now = base::steady_now();
      if (now >= look_at) {
        if (watch_.look(now, signs_of(*process_, memory_->counters)) !=
            StreamWatch::State::kRunning) {
          process_->give_up();
          return on_death_();
        }
        look_at = now + StreamWatch::kInterval;
      }
      const base::Time next = std::min(pump_.step(now), look_at);
      if constexpr (std::is_same_v<Pump, PlaybackPump>) pump_.done(base::steady_now());
      memory_->wait(std::max(base::Duration::zero(), next - base::steady_now()));
    }
  }

  const std::shared_ptr<DeviceProcess> process_;
  const std::uint32_t number_;
  const SharedStreamMemory memory_;
  Pump pump_;
  StreamWatch watch_;
  const std::function<void()> on_death_;
  std::jthread thread_;
};

/// `Interface` is Source or Sink; the pump stands between its handler and the stream.
template <typename Interface, typename Handler, typename Pump, Direction kDirection>
class Device : public Interface {
 public:
  Device(std::shared_ptr<DeviceProcess> process, DeviceInfo device)
      : process_(std::move(process)), device_(std::move(device)) {}

  absl::Status start(Handler& handler, EndHandler on_end) override {
    if (running_) return absl::FailedPreconditionError(device_.name + " has been started already");
    absl::StatusOr<SharedStreamMemory> memory = SharedStreamMemory::create();
    if (!memory.ok()) return memory.status();
    const absl::StatusOr<std::uint32_t> number = process_->open(device_, kDirection, *memory);
    if (!number.ok()) return number.status();
    running_.emplace(process_, *std::move(memory), *number, handler,
                     [this, on_end = std::move(on_end)] {
                       if (on_end) on_end(death());
                     });
    return absl::OkStatus();
  }
  void stop() override { running_.reset(); }
  std::string description() const override { return device_.name; }
  bool may_return() const override { return true; }
  bool has_begun() const override { return running_ && running_->has_begun(); }

  template <typename Made>
  static absl::StatusOr<std::unique_ptr<Interface>> open(const std::string& wanted) {
    absl::StatusOr<std::shared_ptr<DeviceProcess>> process = DeviceProcess::get();
    if (!process.ok()) return process.status();
    absl::StatusOr<DeviceInfo> device = choose_device((*process)->devices(), wanted, kDirection);
    // A process that has streams has been there for a while, and knows nothing of what came since.
    if (absl::IsNotFound(device.status()) && process->use_count() > 1) {
      process = DeviceProcess::renew();
      if (!process.ok()) return process.status();
      device = choose_device((*process)->devices(), wanted, kDirection);
    }
    if (!device.ok()) return device.status();
    return std::make_unique<Made>(*std::move(process), *std::move(device));
  }

 protected:
  using Running = RunningDevice<Pump, Handler>;
  [[nodiscard]] const std::optional<Running>& running() const { return running_; }

 private:
  [[nodiscard]] absl::Status death() const {
    return absl::UnavailableError("the sound device \"" + device_.name +
                                  "\" has stopped; connect it again, or choose another with " +
                                  flag_of(kDirection) + " (--devices lists them)");
  }

  const std::shared_ptr<DeviceProcess> process_;
  const DeviceInfo device_;
  std::optional<Running> running_;
};

class DeviceSource final : public Device<Source, CaptureHandler, CapturePump, Direction::kInput> {
 public:
  using Device::Device;
  std::uint64_t xruns() const override { return running() ? running()->xruns() : 0; }
  std::chrono::microseconds device_delay() const override {
    return running() ? running()->delay() : std::chrono::microseconds(0);
  }
  std::chrono::microseconds counted_delay() const override {
    return running() ? running()->counted_delay() : std::chrono::microseconds(0);
  }
};

class DeviceSink final : public Device<Sink, RenderHandler, PlaybackPump, Direction::kOutput> {
 public:
  using Device::Device;
  SinkFigures figures() const override {
    if (!running()) return {};
    SinkFigures out = running()->pump().figures();
    out.xruns = running()->xruns();
    out.device_delay = running()->delay();
    out.counted_delay = running()->counted_delay();
    return out;
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> open_device_source(const std::string& wanted) {
  return DeviceSource::open<DeviceSource>(wanted);
}

absl::StatusOr<std::unique_ptr<Sink>> open_device_sink(const std::string& wanted) {
  return DeviceSink::open<DeviceSink>(wanted);
}

}  // namespace comcat::audio
