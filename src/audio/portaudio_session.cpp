#include "audio/portaudio_session.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <alsa/asoundlib.h>
#include <pa_jack.h>
#include <portaudio.h>
#include <unistd.h>

#include "comcat/base/text.h"

#include "absl/status/status.h"

namespace comcat::audio {
namespace {

constexpr std::size_t kMaxJackName = 32;

void ignore_alsa_error(const char*, int, const char*, int, const char*, ...) {}

/// PortAudio aborts the process where ALSA's configuration is missing or broken, so that is looked
/// at first.
absl::Status check_alsa() {
  snd_lib_error_set_handler(ignore_alsa_error);
  snd_config_t* devices = nullptr;
  if (snd_config_update() >= 0 && snd_config_search(snd_config, "pcm", &devices) >= 0) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "ALSA's configuration cannot be read; unset ALSA_CONFIG_PATH and ALSA_CONFIG_DIR or install "
      "libasound2-data, or use a file: or null instead of a sound device");
}

/// JACK splits port names at colons.
std::string jack_client_name() {
  const char* const wanted = std::getenv("COMCAT_JACK_NAME");  // NOLINT(concurrency-mt-unsafe)
  std::string name = wanted == nullptr ? "" : base::safe_text(wanted, kMaxJackName);
  if (name.empty()) name = "comcat-" + std::to_string(getppid());
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

std::vector<DeviceInfo> found_devices() {
  std::vector<DeviceInfo> devices;
  for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); ++i) {
    const PaDeviceInfo* const info = Pa_GetDeviceInfo(i);
    if (info == nullptr) continue;
    const PaHostApiInfo* const system = Pa_GetHostApiInfo(info->hostApi);
    devices.push_back({i, base::safe_text(info->name, 128),
                       base::safe_text(system == nullptr ? "" : system->name, 64),
                       info->maxInputChannels, info->maxOutputChannels,
                       i == Pa_GetDefaultInputDevice(), i == Pa_GetDefaultOutputDevice()});
  }
  return devices;
}

}  // namespace

absl::StatusOr<PortAudioSession> PortAudioSession::open() {
  if (absl::Status status = check_alsa(); !status.ok()) return status;
  static auto* const name = new std::string;  // PortAudio keeps a pointer into it
  *name = jack_client_name();
  PaJack_SetClientName(name->c_str());
  if (const PaError error = Pa_Initialize(); error != paNoError) {
    return absl::FailedPreconditionError(std::string("the sound system cannot be used (") +
                                         Pa_GetErrorText(error) +
                                         "); use a file: or null instead of a sound device");
  }
  return PortAudioSession(found_devices());
}

const DeviceInfo* PortAudioSession::device(int number) const {
  const auto found = std::find_if(devices_.begin(), devices_.end(), [&](const DeviceInfo& device) {
    return device.number == number;
  });
  return found == devices_.end() ? nullptr : &*found;
}

void PortAudioSession::close() {
  Pa_Terminate();
}

}  // namespace comcat::audio
