#include "comcat/playout/speaker.h"

#include <algorithm>
#include <array>

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
constexpr auto kFixedDelay = 60ms;
constexpr int kMaxMissedBlocks = 10;
constexpr std::int64_t kRestartDistance = 500;

}  // namespace

Speaker::Speaker(PlayoutOptions options) : options_(options) {
  if (auto decoder = codec::Decoder::create(); decoder.ok()) decoder_ = std::move(*decoder);
}

void Speaker::insert(const Packet& packet, base::Time now) {
  ++stats_.received_frames;
  last_heard_ = now;
  if (!codec::packet_samples(packet.opus).has_value()) return;
  std::int64_t sequence = packet.sequence;
  if (newest_.has_value()) {
    sequence = *newest_ +
               static_cast<std::int32_t>(packet.sequence - static_cast<std::uint32_t>(*newest_));
    if (std::abs(sequence - *newest_) > kRestartDistance) {
      waiting_.clear();
      talking_ = false;
      newest_ = sequence;
    }
  }
  newest_ = std::max(newest_.value_or(sequence), sequence);
  if (talking_ && sequence < next_) {
    ++stats_.late_frames;
    return;
  }
  const bool fresh =
      waiting_.try_emplace(sequence, Stored{{packet.opus.begin(), packet.opus.end()}, now}).second;
  if (!fresh) ++stats_.duplicate_frames;
  while (waiting_.size() > 1 && now - waiting_.begin()->second.arrival > options_.max_delay) {
    waiting_.erase(waiting_.begin());
  }
}

void Speaker::fill(base::Time now) {
  std::array<float, codec::kMaxPacketSamples> pcm;
  std::size_t samples = 0;
  if (const auto found = waiting_.find(next_); found != waiting_.end()) {
    samples = decoder_->decode(found->second.opus, pcm);
    delay_ = now - found->second.arrival;
    waiting_.erase(found);
    ++next_;
    missed_ = 0;
  } else {
    samples = decoder_->conceal(std::span(pcm).first(audio::kBlockSamples));
    stats_.concealed_samples += samples;
    if (++missed_ >= 2 && !waiting_.empty()) next_ = waiting_.begin()->first;
    talking_ = missed_ < kMaxMissedBlocks;
  }
  pcm_.insert(pcm_.end(), pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(samples));
}

bool Speaker::pull(std::span<float, audio::kBlockSamples> out, base::Time now) {
  if (!talking_ && !waiting_.empty() && decoder_.has_value() &&
      now - waiting_.begin()->second.arrival >= kFixedDelay) {
    talking_ = true;
    missed_ = 0;
    next_ = waiting_.begin()->first;
  }
  while (talking_ && pcm_.size() < out.size()) fill(now);
  std::ranges::fill(out, 0.0F);
  const std::size_t n = std::min(out.size(), pcm_.size());
  std::copy_n(pcm_.begin(), n, out.begin());
  pcm_.erase(pcm_.begin(), pcm_.begin() + static_cast<std::ptrdiff_t>(n));
  stats_.played_samples += n;
  return n > 0;
}

PlayoutStats Speaker::stats() const {
  PlayoutStats stats = stats_;
  stats.target_delay = kFixedDelay;
  stats.delay = std::chrono::duration_cast<std::chrono::microseconds>(delay_);
  stats.talking = talking_;
  return stats;
}

}  // namespace comcat::playout
