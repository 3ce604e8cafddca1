#include "comcat/playout/mixer.h"

#include <algorithm>
#include <cmath>

#include "comcat/playout/limiter.h"
#include "comcat/playout/speaker_playout.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""s;

constexpr auto kReleaseDecoderAfter = 5s;  // of silence
constexpr auto kForgetAfter = 60s;

}  // namespace

struct Mixer::Voice {
  enum class Presence {
    kHere,
    kLeft,       // to be forgotten once what is queued has played
    kHeardAgain  // after he had left: a straggler of his, or he is back
  };

  explicit Voice(PlayoutOptions options) : playout(options) {}

  /// Adds `samples` to `out`, moving from the gain of those before to `wanted` without a step.
  void mix(std::span<const float> samples, float wanted, std::span<float> out) {
    const float step = (wanted - gain) / static_cast<float>(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) out[i] += (gain += step) * samples[i];
    gain = wanted;
  }

  SpeakerPlayout playout;
  float gain = 1;
  Presence presence = Presence::kHere;
};

Mixer::Mixer(PlayoutOptions options) : options_(options) {}
Mixer::~Mixer() = default;

void Mixer::insert(const wire::VoicePacket& packet, base::Time now, wire::Via via) {
  auto found = voices_.find(packet.speaker);
  if (found == voices_.end()) {
    if (voices_.size() >= kMostSpeakers && !make_room()) return;
    found = voices_.emplace(packet.speaker, std::make_unique<Voice>(options_)).first;
    found->second->gain = gain(packet.speaker);
  }
  Voice& voice = *found->second;
  if (voice.presence == Voice::Presence::kLeft) voice.presence = Voice::Presence::kHeardAgain;
  voice.playout.insert(packet, now, via);
}

bool Mixer::make_room() {
  auto quietest = voices_.end();
  for (auto entry = voices_.begin(); entry != voices_.end(); ++entry) {
    const SpeakerPlayout& playout = entry->second->playout;
    const bool first = quietest == voices_.end();
    if (!playout.idle()) continue;
    if (first || playout.last_heard() < quietest->second->playout.last_heard()) quietest = entry;
  }
  if (quietest == voices_.end()) return false;
  forget(quietest);
  return true;
}

Mixer::Voices::iterator Mixer::forget(Voices::iterator entry) {
  if (entry->second->presence != Voice::Presence::kHere) gains_.erase(entry->first);
  return voices_.erase(entry);
}

void Mixer::pull(std::span<float> out, base::Time now) {
  for (std::span<float> rest = out; !rest.empty();) {
    const std::span<float> part = rest.first(std::min(rest.size(), audio::kBlockSamples));
    mix(part, clock_.tick(part.size(), now));
    rest = rest.subspan(part.size());
  }
  limit(out);
  free_the_silent(now);
}

void Mixer::mix(std::span<float> out, base::Time due) {
  std::ranges::fill(out, 0.0F);
  audio::Block block;
  const std::span<float> samples = std::span(block).first(out.size());
  for (auto& [id, voice] : voices_) {
    if (voice->playout.pull(samples, due)) voice->mix(samples, gain(id), out);
  }
}

void Mixer::free_the_silent(base::Time now) {
  for (auto entry = voices_.begin(); entry != voices_.end();) {
    Voice& voice = *entry->second;
    const base::Duration silent = now - voice.playout.last_heard();
    const bool idle = voice.playout.idle();
    const bool left = voice.presence == Voice::Presence::kLeft;
    if (idle && (left || silent > kForgetAfter)) {
      entry = forget(entry);
      continue;
    }
    if (idle && silent > kReleaseDecoderAfter) voice.playout.release_decoder();
    ++entry;
  }
}

void Mixer::set_gain(wire::SessionNumber speaker, float gain) {
  gains_[speaker] = std::isfinite(gain) ? std::max(gain, 0.0F) : 1.0F;
  if (const auto found = voices_.find(speaker); found != voices_.end()) {
    found->second->presence = Voice::Presence::kHere;
  }
}

float Mixer::gain(wire::SessionNumber speaker) const {
  const auto found = gains_.find(speaker);
  return found == gains_.end() ? 1.0F : found->second;
}

void Mixer::remove(wire::SessionNumber speaker) {
  const auto found = voices_.find(speaker);
  if (found == voices_.end()) {
    gains_.erase(speaker);
  } else {
    found->second->presence = Voice::Presence::kLeft;
  }
}

void Mixer::forget_speakers() {
  for (const auto& [id, voice] : voices_) {
    if (voice->presence != Voice::Presence::kHere) gains_.erase(id);
  }
  voices_.clear();
}

std::map<wire::SessionNumber, PlayoutStats> Mixer::stats() const {
  std::map<wire::SessionNumber, PlayoutStats> all;
  for (const auto& [id, voice] : voices_) all.emplace(id, voice->playout.stats());
  return all;
}

}  // namespace comcat::playout
