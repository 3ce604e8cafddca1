#include "audio/device_stream.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/base/text.h"

namespace comcat::audio {
namespace {

constexpr double kMinLatencySeconds = 0.02;  // less underruns on ordinary machines

struct Format {
  int channels = 0;
  int rate_hz = 0;
};

bool is_jack(const PaDeviceInfo& info) {
  const PaHostApiInfo* const system = Pa_GetHostApiInfo(info.hostApi);
  return system != nullptr && system->type == paJACK;
}

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

/// JACK's own period is taken as it comes, and may change; cut to blocks it would only wait longer.
PaError open_stream(int device, Direction direction, const Format& format, DeviceCallback& callback,
                    PaStream*& stream) {
  const PaDeviceInfo& info = *Pa_GetDeviceInfo(device);
  const bool input = direction == Direction::kInput;
  PaStreamParameters parameters{};
  parameters.device = device;
  parameters.channelCount = format.channels;
  parameters.sampleFormat = paFloat32;
  parameters.suggestedLatency = std::max(
      kMinLatencySeconds, input ? info.defaultLowInputLatency : info.defaultLowOutputLatency);
  return Pa_OpenStream(&stream, input ? &parameters : nullptr, input ? nullptr : &parameters,
                       format.rate_hz, is_jack(info) ? paFramesPerBufferUnspecified : kBlockSamples,
                       paNoFlag, &DeviceCallback::on_audio, &callback);
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

}  // namespace

absl::StatusOr<std::unique_ptr<DeviceStream>> DeviceStream::open(
    const DeviceInfo& device, Direction direction, const MakeProcessor& make_processor,
    DeviceCounters& counters) {
  const PaDeviceInfo* const info = Pa_GetDeviceInfo(device.number);
  if (info == nullptr) return failure(device, direction, paInvalidDevice);
  std::unique_ptr<DeviceStream> opened(new DeviceStream(counters));
  PaError error = paInvalidDevice;
  for (const Format& format : formats(*info, direction, is_jack(*info))) {
    opened->callback_.prepare(make_processor(format.channels, format.rate_hz), format.rate_hz,
                              is_jack(*info));
    PaStream* stream = nullptr;
    error = open_stream(device.number, direction, format, opened->callback_, stream);
    if (error == paNoError) error = start_stream(stream);
    if (error != paNoError) continue;
    opened->stream_ = stream;
    return opened;
  }
  return failure(device, direction, error);
}

DeviceStream::~DeviceStream() {
  if (stream_ == nullptr) return;
  Pa_AbortStream(stream_);
  Pa_CloseStream(stream_);
}

}  // namespace comcat::audio
