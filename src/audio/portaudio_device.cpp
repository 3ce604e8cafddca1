#include "audio/portaudio_device.h"

#include <utility>

#include "audio/capture_converter.h"
#include "audio/device_choice.h"
#include "audio/device_stream.h"
#include "audio/playback_converter.h"
#include "audio/portaudio_session.h"

namespace comcat::audio {
namespace {

/// `Interface` is Source or Sink; the converter stands between its handler and the stream.
template <typename Interface, typename Handler, typename Converter, Direction kDirection>
class Device final : public Interface {
 public:
  Device(std::shared_ptr<const PortAudioSession> session, DeviceInfo device)
      : stream_(std::move(session), std::move(device), kDirection) {}

  absl::Status start(Handler& handler, EndHandler on_end) override {
    return stream_.start(
        [&handler](int channels, int rate_hz) {
          return std::make_unique<Converter>(handler, channels, rate_hz);
        },
        std::move(on_end));
  }
  void stop() override { stream_.stop(); }
  std::uint64_t xruns() const override { return stream_.xruns(); }
  std::string description() const override { return stream_.device().name; }

  static absl::StatusOr<std::unique_ptr<Interface>> open(const std::string& wanted) {
    absl::StatusOr<std::shared_ptr<const PortAudioSession>> session = PortAudioSession::open();
    if (!session.ok()) return session.status();
    absl::StatusOr<DeviceInfo> device = choose_device((*session)->devices(), wanted, kDirection);
    if (!device.ok()) return device.status();
    return std::make_unique<Device>(*std::move(session), *std::move(device));
  }

 private:
  DeviceStream stream_;
};

using DeviceSource = Device<Source, CaptureHandler, CaptureConverter, Direction::kInput>;
using DeviceSink = Device<Sink, RenderHandler, PlaybackConverter, Direction::kOutput>;

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> open_device_source(const std::string& wanted) {
  return DeviceSource::open(wanted);
}

absl::StatusOr<std::unique_ptr<Sink>> open_device_sink(const std::string& wanted) {
  return DeviceSink::open(wanted);
}

}  // namespace comcat::audio
