#include "comcat/recording/call_recorder.h"

#include <chrono>
#include <utility>

#include "comcat/audio/frame.h"

namespace comcat::recording {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(200);

}  // namespace

absl::StatusOr<std::unique_ptr<CallRecorder>> CallRecorder::create(
    const std::string& directory, std::function<void(std::string)> on_failure) {
  absl::StatusOr<CallTracks> tracks =
      CallTracks::create(directory, std::chrono::system_clock::now());
  if (!tracks.ok()) return tracks.status();
  return std::unique_ptr<CallRecorder>(new CallRecorder(*std::move(tracks), std::move(on_failure)));
}

CallRecorder::CallRecorder(CallTracks tracks, std::function<void(std::string)> on_failure)
    : began_(base::steady_now()), on_failure_(std::move(on_failure)), tracks_(std::move(tracks)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { record_until(stop); });
}

CallRecorder::~CallRecorder() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_ = std::jthread();
}

void CallRecorder::set_name(wire::SessionNumber session, const std::string& name) {
  put(Named{session, name});
}

void CallRecorder::receive(const wire::VoicePackets& packets, base::Time now) {
  for (const wire::VoicePacket& packet : packets) put(Received{packet, now});
}

void CallRecorder::put(Item item) {
  const absl::MutexLock lock(&mutex_);
  if (waiting_.size() < kMostWaiting) {
    waiting_.push_back(std::move(item));
  } else {
    overflowed_ = true;
  }
}

/// What has come within the next kStep, or until the recording is to end.
std::vector<CallRecorder::Item> CallRecorder::take() {
  const absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kStep);
  return std::exchange(waiting_, {});
}

std::int64_t CallRecorder::samples_at(base::Time time) const {
  using Samples = std::chrono::duration<std::int64_t, std::ratio<1, audio::kSampleRate>>;
  return std::chrono::duration_cast<Samples>(time - began_).count();
}

void CallRecorder::record_until(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    record(take());
    if (!failed_) check(tracks_.step(samples_at(base::steady_now())));
    const absl::MutexLock lock(&mutex_);
    if (stopping_) break;
  }
  record(take());
  if (!failed_) check(tracks_.finish(samples_at(base::steady_now())));
}

void CallRecorder::record(const std::vector<Item>& items) {
  bool overflowed = false;
  {
    const absl::MutexLock lock(&mutex_);
    overflowed = overflowed_;
  }
  if (overflowed) check(absl::ResourceExhaustedError("the disk is too slow"));
  if (failed_) return;
  for (const Item& item : items) {
    if (const auto* const named = std::get_if<Named>(&item)) {
      tracks_.set_name(named->session, named->name);
    } else {
      const Received& received = std::get<Received>(item);
      tracks_.insert(received.packet, samples_at(received.at));
    }
  }
}

void CallRecorder::check(const absl::Status& status) {
  if (status.ok() || std::exchange(failed_, true)) return;
  on_failure_(std::string(status.message()));
}

}  // namespace comcat::recording
