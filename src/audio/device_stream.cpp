#include "audio/device_stream.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/base/text.h"

#include "audio/portaudio_control.h"
#include "audio/step_thread.h"
#include "audio/stream_watch.h"

namespace comcat::audio {
namespace {

constexpr std::chrono::seconds kOpenTimeout{10};
constexpr std::chrono::seconds kCloseTimeout{2};
constexpr double kMinLatencySeconds = 0.02;  // less underruns on ordinary machines

struct Format {
  int channels = 0;
  int rate_hz = 0;
};

/// An attempt to open, shared with the control thread, which may outlive the caller.
struct Opening {
  std::shared_ptr<DeviceCallback> callback = std::make_shared<DeviceCallback>();
  PaStream* stream = nullptr;
};

/// The formats to ask for, best first.
std::vector<Format> formats(const PaDeviceInfo& info, Direction direction, bool jack) {
  const int most = direction == Direction::kInput ? info.maxInputChannels : info.maxOutputChannels;
  const bool stereo_first = jack && direction == Direction::kOutput;
  const std::vector<int> channels =
      stereo_first ? std::vector<int>{2, 1, most} : std::vector<int>{1, 2, most};
  std::vector<Format> formats;
  for (const int rate_hz : {kSampleRate, static_cast<int>(info.defaultSampleRate)}) {
    for (const int count : channels) {
      if (count <= most && rate_hz > 0) formats.push_back({count, rate_hz});
    }
  }
  return formats;
}

PaError open_stream(int device, Direction direction, const Format& format, Opening& opening) {
  const PaDeviceInfo& info = *Pa_GetDeviceInfo(device);
  const bool input = direction == Direction::kInput;
  PaStreamParameters parameters{};
  parameters.device = device;
  parameters.channelCount = format.channels;
  parameters.sampleFormat = paFloat32;
  parameters.suggestedLatency = std::max(
      kMinLatencySeconds, input ? info.defaultLowInputLatency : info.defaultLowOutputLatency);
  return Pa_OpenStream(&opening.stream, input ? &parameters : nullptr,
                       input ? nullptr : &parameters, format.rate_hz, kBlockSamples, paNoFlag,
                       &DeviceCallback::on_audio, opening.callback.get());
}

PaError start_stream(PaStream* stream) {
  PaError error = Pa_SetStreamFinishedCallback(stream, &DeviceCallback::on_finished);
  if (error == paNoError) error = Pa_StartStream(stream);
  if (error != paNoError) Pa_CloseStream(stream);
  return error;
}

absl::Status failure(const DeviceInfo& device, Direction direction, PaError error) {
  const std::string name = "the sound device \"" + device.name + "\"";
  const std::string other =
      std::string("choose another with ") + flag_of(direction) + " (--devices lists them)";
  switch (error) {
    case paDeviceUnavailable:
      return absl::FailedPreconditionError(
          name + " is busy or gone; close the program that uses it, or " + other);
    case paInvalidDevice:
      return absl::NotFoundError(name + " is gone; connect it again, or " + other);
    case paInvalidChannelCount:
    case paInvalidSampleRate:
    case paSampleFormatNotSupported:
      return absl::FailedPreconditionError(name + " offers no format that comcat can use; " +
                                           other);
    default:
      break;
  }
  std::string reason = Pa_GetErrorText(error);
  if (error == paUnanticipatedHostError) {
    const PaHostErrorInfo* const host = Pa_GetLastHostErrorInfo();
    if (host != nullptr && host->errorText != nullptr && *host->errorText != '\0') {
      reason = host->errorText;
    }
  }
  return absl::FailedPreconditionError(name + " cannot be opened (" + base::safe_text(reason, 128) +
                                       "); " + other);
}

/// On the control thread: the first format that the device opens and starts with.
absl::Status open_any(const DeviceInfo& device, Direction direction,
                      const DeviceStream::MakeProcessor& make_processor, Opening& opening) {
  const QuietStderr quiet;
  const PaDeviceInfo* const info = Pa_GetDeviceInfo(device.number);
  if (info == nullptr) return failure(device, direction, paInvalidDevice);
  const PaHostApiInfo* const system = Pa_GetHostApiInfo(info->hostApi);
  const bool jack = system != nullptr && system->type == paJACK;
  PaError error = paInvalidDevice;
  for (const Format& format : formats(*info, direction, jack)) {
    opening.callback->prepare(make_processor(format.channels, format.rate_hz), format.channels);
    error = open_stream(device.number, direction, format, opening);
    if (error == paNoError) error = start_stream(opening.stream);
    if (error == paNoError) return absl::OkStatus();
  }
  return failure(device, direction, error);
}

}  // namespace

DeviceStream::DeviceStream(std::shared_ptr<const PortAudioSession> session, DeviceInfo device,
                           Direction direction)
    : session_(std::move(session)), device_(std::move(device)), direction_(direction) {}

absl::Status DeviceStream::start(const MakeProcessor& make_processor, EndHandler on_end) {
  if (stream_ != nullptr) {
    return absl::FailedPreconditionError(device_.name + " has been started already");
  }
  const auto opening = std::make_shared<Opening>();
  absl::Status status = on_portaudio_thread(
      [device = device_, direction = direction_, make_processor, opening] {
        return open_any(device, direction, make_processor, *opening);
      },
      kOpenTimeout);
  if (!status.ok()) {
    opening->callback->close();  // it may yet open, too late
    return status;
  }
  stream_ = opening->stream;
  callback_ = opening->callback;
  watch(std::move(on_end));
  return absl::OkStatus();
}

void DeviceStream::watch(EndHandler on_end) {
  const std::string sentence = "the sound device \"" + device_.name +
                               "\" has stopped; connect it again, or choose another with " +
                               flag_of(direction_) + " (--devices lists them)";
  watching_ =
      run_steps("comcat-watch",
                [callback = callback_, on_end = std::move(on_end), sentence,
                 watch = StreamWatch()](base::Time now) mutable -> std::optional<base::Time> {
                  if (watch.look(now, callback->calls(), callback->finished()) ==
                      StreamWatch::State::kRunning) {
                    return now + StreamWatch::kInterval;
                  }
                  if (on_end) on_end(absl::UnavailableError(sentence));
                  return std::nullopt;
                });
}

void DeviceStream::stop() {
  if (stream_ == nullptr) return;
  watching_ = std::jthread();
  callback_->close();
  // The callback lives in the work: a device that hangs keeps it, and this returns all the same.
  (void)on_portaudio_thread(
      [stream = std::exchange(stream_, nullptr), callback = callback_] {
        Pa_AbortStream(stream);
        Pa_CloseStream(stream);
        return absl::OkStatus();
      },
      kCloseTimeout);
}

}  // namespace comcat::audio
