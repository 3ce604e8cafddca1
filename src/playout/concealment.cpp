#include "comcat/playout/concealment.h"

#include <algorithm>
#include <array>
#include <utility>

#include "comcat/codec/decoder.h"

namespace comcat::playout {
namespace {

constexpr std::size_t kEndSamples = 480;
constexpr float kFadeStep =
    1.0F / static_cast<float>(Concealment::kFadeEnd - Concealment::kFadeBegin);

using Pcm = std::array<float, codec::kMaxPacketSamples>;

}  // namespace

bool Concealment::ready() {
  if (decoder_ == nullptr) decoder_ = decoders_.make();
  return decoder_ != nullptr;
}

std::size_t Concealment::decode(std::string_view packet, SampleQueue& queue) {
  if (!ready()) return 0;
  const Tail tail = continuation();
  Pcm pcm;
  const std::span speech = std::span(pcm).first(decoder_->decode(packet, pcm));
  if (!speech.empty()) resume(tail, speech, queue);
  return speech.size();
}

void Concealment::recover(std::string_view next, std::size_t samples, SampleQueue& queue) {
  if (!ready()) return;
  const Tail tail = continuation();
  Pcm pcm;
  const std::span speech = std::span(pcm).first(std::min(samples, pcm.size()));
  if (decoder_->decode_fec(next, speech) == speech.size()) resume(tail, speech, queue);
}

Concealment::Tail Concealment::continuation() {
  Tail tail{};
  const bool broken = gap_samples_ > 0 || std::exchange(skipped_, false);
  if (!broken || faded()) return tail;
  if (decoder_->conceal(tail) != tail.size()) tail.fill(0);
  for (float& sample : tail) sample *= gain_;
  gain_ = 0;
  return tail;
}

void Concealment::resume(const Tail& tail, std::span<float> speech, SampleQueue& queue) {
  const float before = gain_;
  if (gain_ < 1) fade(speech, 1.0F / kRecovery);
  if (before == 0) {
    for (std::size_t i = 0; i < std::min(tail.size(), speech.size()); ++i) {
      speech[i] += tail[i] * (1 - static_cast<float>(i + 1) / kRecovery);
    }
  }
  queue.push(speech);
  gap_samples_ = 0;
}

void Concealment::conceal(std::size_t samples, SampleQueue& queue) {
  Pcm pcm;
  const std::span invented = std::span(pcm).first(std::min(samples, pcm.size()));
  if (faded() || decoder_ == nullptr || decoder_->conceal(invented) != invented.size()) {
    std::ranges::fill(invented, 0.0F);
    gain_ = 0;
  }
  const std::size_t full =
      std::min(kFadeBegin - std::min(gap_samples_, kFadeBegin), invented.size());
  fade(invented.first(full), 0);
  fade(invented.subspan(full), -kFadeStep);
  queue.push(invented);
  gap_samples_ = std::min(gap_samples_ + invented.size(), kFadeEnd);
}

void Concealment::finish(SampleQueue& queue) {
  if (faded() || decoder_ == nullptr) return;
  Pcm pcm;
  const std::span end = std::span(pcm).first(kEndSamples);
  if (decoder_->conceal(end) == end.size()) {
    fade(end, -gain_ / static_cast<float>(end.size()));
    queue.push(end);
  }
  gap_samples_ = kFadeEnd;
  gain_ = 0;
}

void Concealment::fade(std::span<float> samples, float step) {
  for (float& sample : samples) {
    gain_ = std::clamp(gain_ + step, 0.0F, 1.0F);
    sample *= gain_;
  }
}

}  // namespace comcat::playout
