#include "comcat/client/sound.h"

#include <chrono>
#include <utility>

#include "comcat/base/thread_priority.h"

#include "sound_devices.h"

namespace comcat::client {
namespace {

/// How long the encode thread sleeps when no device wakes it, and so how long stop() may take.
constexpr std::chrono::milliseconds kNap{100};

/// What is mixed when the device asks for it is kept waiting by threads no longer.
constexpr std::chrono::milliseconds kLeastDelay{5};

playout::PlayoutOptions playout_options() {
  playout::PlayoutOptions options;
  options.least_delay = kLeastDelay;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sound>> Sound::create(Options options) {
  auto capture = Capture::create(options.encoder, options.send, options.on_muted_speech);
  if (!capture.ok()) return capture.status();
  if (absl::Status status = (*capture)->stages().change(options.stages); !status.ok()) {
    return status;
  }
  std::unique_ptr<Sound> sound(new Sound(*std::move(capture)));
  sound->devices_ =
      std::make_unique<SoundDevices>(std::move(options), *sound->capture_, sound->playback_);
  if (absl::Status status = sound->devices_->find(); !status.ok()) return status;
  return sound;
}

Sound::Sound(std::unique_ptr<Capture> capture)
    : capture_(std::move(capture)), playback_(playout_options(), &capture_->stages().far_end()) {}

Sound::~Sound() {
  stop();
}

absl::Status Sound::start() {
  if (absl::Status status = devices_->start(); !status.ok()) return status;
  encode_thread_ = std::jthread([this](const std::stop_token& stop) {
    base::ask_for_realtime_priority();
    while (!stop.stop_requested()) {
      capture_->stages().set_device_delays(devices_->device_delays());
      capture_->step(kNap);
    }
  });
  return absl::OkStatus();
}

void Sound::stop() {
  if (devices_) devices_->stop();
  encode_thread_ = std::jthread();
}

absl::Status Sound::reopen(Side side) {
  return devices_->reopen(side);
}

void Sound::choose(Side side, std::string spec, OnChosen then) {
  devices_->choose(side, std::move(spec), std::move(then));
}

void Sound::then(std::function<void()> act) {
  devices_->then(std::move(act));
}

void Sound::list(OnListed then) {
  devices_->list(std::move(then));
}

std::string Sound::description() const {
  return devices_->description();
}

bool Sound::input_may_resume() const {
  return devices_->input_may_resume();
}

std::string Sound::recording() const {
  return devices_->recording();
}

audio::SinkFigures Sound::output() const {
  return devices_->output();
}

std::chrono::microseconds Sound::input_delay() const {
  return devices_->input_delay();
}

std::uint64_t Sound::input_xruns() const {
  return devices_->input_xruns();
}

}  // namespace comcat::client
