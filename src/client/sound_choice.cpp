// What the user asks of the devices in a call, done on the thread that opens and closes them.

#include <utility>

#include "comcat/audio/device_info.h"

#include "sound_devices.h"

namespace comcat::client {

void SoundDevices::choose(Side side, std::string spec, Sound::OnChosen chosen) {
  then([this, side, spec = std::move(spec), chosen = std::move(chosen)] {
    chosen(side == Side::kInput ? change_input(spec) : change_output(spec));
  });
}

void SoundDevices::list(Sound::OnListed listed) {
  then([listed = std::move(listed)] { listed(audio::list_devices()); });
}

void SoundDevices::then(std::function<void()> act) {
  {
    const absl::MutexLock lock(&mutex_);
    asked_.push_back(std::move(act));
  }
  bell_.ring();
}

void SoundDevices::do_asked() {
  std::function<void()> act;
  {
    const absl::MutexLock lock(&mutex_);
    if (asked_.empty()) return;
    act = std::move(asked_.front());
    asked_.pop_front();
  }
  trying_ = true;
  act();
  trying_ = false;
}

/// One ends before the other begins: the handler takes sound from one thread, and a device may let
/// nobody else have it.
absl::Status SoundDevices::change_input(const std::string& spec) {
  absl::StatusOr<Source> source = make_source(spec);
  if (!source.ok()) return source.status();
  Source before;
  {
    const absl::MutexLock lock(&mutex_);
    before = std::move(source_);
    failed_.input = opened_.input = false;  // it goes anyway
    if (before) input_xruns_before_ += before->xruns();
  }
  if (before) before->stop();
  if (absl::Status status = launch(*std::move(source)); !status.ok()) {
    restore(std::move(before));
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  input_ = spec;
  return absl::OkStatus();
}

absl::Status SoundDevices::change_output(const std::string& spec) {
  absl::StatusOr<Sink> sink = audio::make_sink(spec, options_.on_notice);
  if (!sink.ok()) return sink.status();
  Sink before;
  {
    const absl::MutexLock lock(&mutex_);
    before = std::move(sink_);
    failed_.output = opened_.output = false;
    note_figures(*before);
  }
  before->stop();
  if (absl::Status status = launch(*std::move(sink)); !status.ok()) {
    restore(std::move(before));
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  output_ = spec;
  return absl::OkStatus();
}

void SoundDevices::restore(Source before) {
  if (!before) return;  // it was away, and is tried again
  absl::Status status = before->start(capture_, on_end(Side::kInput));
  {
    const absl::MutexLock lock(&mutex_);
    source_ = std::move(before);
  }
  if (!status.ok()) note_failure(Side::kInput, std::move(status));
}

void SoundDevices::restore(Sink before) {
  absl::Status status = before->start(playback_, on_end(Side::kOutput));
  {
    const absl::MutexLock lock(&mutex_);
    sink_ = std::move(before);
  }
  if (!status.ok()) note_failure(Side::kOutput, std::move(status));
}

}  // namespace comcat::client
