#include "comcat/playout/mixer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "comcat/playout/limiter.h"
#include "comcat/playout/speaker.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""s;

/// A speaker unheard of for this long gives back its decoder.
constexpr auto kForgetAfter = 10s;

}  // namespace

Mixer::Mixer(PlayoutOptions options) : options_(options) {}
Mixer::~Mixer() = default;

void Mixer::insert(SpeakerId speaker, const Packet& packet, base::Time now) {
  auto& found = speakers_[speaker];
  if (found == nullptr) found = std::make_unique<Speaker>(options_);
  found->insert(packet, now);
}

void Mixer::pull(std::span<float, audio::kBlockSamples> out, base::Time now) {
  const base::Time due = clock_.tick(now);
  std::ranges::fill(out, 0.0F);
  audio::Block block;
  for (auto& [id, speaker] : speakers_) {
    if (!speaker->pull(block, due)) continue;
    const auto gain = gains_.find(id);
    const float factor = gain == gains_.end() ? 1.0F : gain->second;
    for (std::size_t i = 0; i < block.size(); ++i) out[i] += factor * block[i];
  }
  limit(out);
  std::erase_if(speakers_, [&](const auto& entry) {
    return entry.second->idle() && now - entry.second->last_heard() > kForgetAfter;
  });
}

void Mixer::set_gain(SpeakerId speaker, float gain) {
  gains_[speaker] = std::isfinite(gain) ? std::max(gain, 0.0F) : 1.0F;
}

void Mixer::remove(SpeakerId speaker) {
  gains_.erase(speaker);
  speakers_.erase(speaker);
}

std::map<SpeakerId, PlayoutStats> Mixer::stats() const {
  std::map<SpeakerId, PlayoutStats> all;
  for (const auto& [id, speaker] : speakers_) all.emplace(id, speaker->stats());
  return all;
}

}  // namespace comcat::playout
