#include "audio/portaudio_device.h"

#include <utility>

#include "audio/capture_converter.h"
#include "audio/device_choice.h"
#include "audio/device_stream.h"
#include "audio/playback_converter.h"
#include "audio/portaudio_session.h"

namespace comcat::audio {
namespace {

class DeviceSource final : public Source {
 public:
  DeviceSource(std::shared_ptr<const PortAudioSession> session, DeviceInfo device)
      : stream_(std::move(session), std::move(device), Direction::kInput) {}

  absl::Status start(CaptureHandler& handler, EndHandler on_end) override {
    return stream_.start(
        [&handler](int channels, int rate_hz) {
          return std::make_unique<CaptureConverter>(handler, channels, rate_hz);
        },
        std::move(on_end));
  }
  void stop() override { stream_.stop(); }
  std::uint64_t xruns() const override { return stream_.xruns(); }
  std::string description() const override { return stream_.device().name; }

 private:
  DeviceStream stream_;
};

class DeviceSink final : public Sink {
 public:
  DeviceSink(std::shared_ptr<const PortAudioSession> session, DeviceInfo device)
      : stream_(std::move(session), std::move(device), Direction::kOutput) {}

  absl::Status start(RenderHandler& handler, EndHandler on_end) override {
    return stream_.start(
        [&handler](int channels, int rate_hz) {
          return std::make_unique<PlaybackConverter>(handler, channels, rate_hz);
        },
        std::move(on_end));
  }
  void stop() override { stream_.stop(); }
  std::uint64_t xruns() const override { return stream_.xruns(); }
  std::string description() const override { return stream_.device().name; }

 private:
  DeviceStream stream_;
};

template <typename Interface, typename Device>
absl::StatusOr<std::unique_ptr<Interface>> open_device(const std::string& wanted,
                                                       Direction direction) {
  absl::StatusOr<std::shared_ptr<const PortAudioSession>> session = PortAudioSession::open();
  if (!session.ok()) return session.status();
  absl::StatusOr<DeviceInfo> device = choose_device((*session)->devices(), wanted, direction);
  if (!device.ok()) return device.status();
  return std::make_unique<Device>(*std::move(session), *std::move(device));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> open_device_source(const std::string& wanted) {
  return open_device<Source, DeviceSource>(wanted, Direction::kInput);
}

absl::StatusOr<std::unique_ptr<Sink>> open_device_sink(const std::string& wanted) {
  return open_device<Sink, DeviceSink>(wanted, Direction::kOutput);
}

}  // namespace comcat::audio
