#include "comcat/client/playback.h"

#include <algorithm>
#include <utility>

namespace comcat::client {

Playback::Playback(playout::PlayoutOptions options, voice::FarEndLine* far_end)
    : far_end_(far_end), mixer_(options) {}

void Playback::receive(wire::VoicePackets frames, wire::Via via, base::Time now) {
  if (deafened_.load(std::memory_order_relaxed)) return;
  for (wire::VoicePacket& frame : frames) {
    if (!incoming_.push({std::move(frame), now, via})) {
      overflowed_packets_.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void Playback::take_in(bool silent) {
  if (silent) {
    mixer_.forget_speakers();
    voice_at_.clear();
  }
  while (incoming_.pop(received_)) {
    if (silent) continue;
    const wire::VoicePacket& packet = received_.packet;
    if (packet.level_dbov <= kVoiceDbov) note_voice(packet.speaker, received_.at);
    mixer_.insert(packet, received_.at, received_.via);
  }
}

/// Only of late does it matter, so that whatever names a server makes up are forgotten.
void Playback::note_voice(wire::SessionNumber speaker, base::Time at) {
  if (voice_at_.size() >= playout::Mixer::kMostSpeakers && !voice_at_.contains(speaker)) {
    std::erase_if(voice_at_, [at](const auto& other) { return at - other.second > kVoiceHold; });
    if (voice_at_.size() >= playout::Mixer::kMostSpeakers) return;
  }
  voice_at_[speaker] = at;
}

void Playback::render(std::span<float> samples, base::Time now) {
  const bool silent = deafened_.load(std::memory_order_relaxed);
  const absl::MutexLock lock(&mutex_);
  take_in(silent);
  for (std::span<float> left = samples; !left.empty();) {
    if (rest_.empty()) rest_ = pull(left.size(), now);
    const std::size_t count = std::min(left.size(), rest_.size());
    std::copy_n(rest_.begin(), count, left.begin());
    rest_ = rest_.subspan(count);
    left = left.subspan(count);
  }
  meter_.add(samples, now);
  if (far_end_ != nullptr) far_end_->play(samples);
}

void Playback::on_turn(const audio::RenderTurn& turn) noexcept {
  const absl::MutexLock lock(&mutex_);
  if (far_end_ != nullptr) far_end_->took(turn);
}

/// As little beyond `samples` as the mixer's pulls allow; at most a block.
std::span<const float> Playback::pull(std::size_t samples, base::Time now) {
  constexpr std::size_t kPull = playout::Mixer::kPullSamples;
  const std::size_t whole = (samples + kPull - 1) / kPull * kPull;
  const std::span<float> block = std::span(playing_).first(std::min(whole, playing_.size()));
  mixer_.pull(block, now);
  return block;
}

void Playback::expect_jitter(std::chrono::milliseconds jitter) {
  const absl::MutexLock lock(&mutex_);
  mixer_.expect_jitter(jitter);
}

void Playback::set_gain(wire::SessionNumber speaker, float gain) {
  const absl::MutexLock lock(&mutex_);
  mixer_.set_gain(speaker, gain);
}

void Playback::remove(wire::SessionNumber speaker) {
  const absl::MutexLock lock(&mutex_);
  mixer_.remove(speaker);
  voice_at_.erase(speaker);
}

Playback::Stats Playback::stats(base::Time now) const {
  Stats out;
  out.overflowed_packets = overflowed_packets_.load(std::memory_order_relaxed);
  const absl::MutexLock lock(&mutex_);
  out.speakers = mixer_.stats();
  for (auto& [number, speaker] : out.speakers) {
    const auto voice = voice_at_.find(number);
    speaker.talking = voice != voice_at_.end() && now - voice->second <= kVoiceHold;
  }
  return out;
}

}  // namespace comcat::client
