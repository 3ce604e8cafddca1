#include "comcat/client/call_recording.h"

#include <algorithm>
#include <utility>

namespace comcat::client {

absl::Status CallRecording::start(const std::string& directory,
                                  std::function<void(std::string)> on_failure) {
  auto recorder = recording::CallRecorder::create(directory, std::move(on_failure));
  if (!recorder.ok()) return recorder.status();
  const absl::MutexLock lock(&mutex_);
  recorder_ = *std::move(recorder);
  return absl::OkStatus();
}

void CallRecording::stop() {
  std::unique_ptr<recording::CallRecorder> ended;  // which completes its files without the lock
  const absl::MutexLock lock(&mutex_);
  std::swap(ended, recorder_);
}

void CallRecording::name_track(wire::SessionNumber speaker, const std::string& name) {
  const absl::MutexLock lock(&mutex_);
  if (recorder_) recorder_->set_name(speaker, name);
}

void CallRecording::set_self(wire::SessionNumber self) {
  const absl::MutexLock lock(&mutex_);
  self_ = self;
}

void CallRecording::hear(const wire::VoicePackets& packets, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  if (!recorder_) return;
  const auto is_own = [self = self_](const wire::VoicePacket& it) { return it.speaker == self; };
  if (std::ranges::none_of(packets, is_own)) return recorder_->receive(packets, now);
  wire::VoicePackets others = packets;
  std::erase_if(others, is_own);
  recorder_->receive(others, now);
}

void CallRecording::speak(const wire::VoicePacket& packet, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  if (!recorder_) return;
  wire::VoicePacket own = packet;
  own.speaker = self_;
  recorder_->receive({std::move(own)}, now);
}

}  // namespace comcat::client
