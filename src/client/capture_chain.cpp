#include "comcat/client/capture_chain.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace comcat::client {

namespace {

constexpr std::chrono::milliseconds kLongestFrame{60};
constexpr std::chrono::milliseconds kTail{100};

}  // namespace

CaptureChain::CaptureChain(codec::Encoder encoder, VoiceStages& stages, Send send,
                           OnMutedSpeech on_muted_speech, CpuClock cpu_clock)
    : encoder_(std::move(encoder)),
      lookahead_(encoder_.lookahead()),
      stages_(stages),
      gate_(std::min(encoder_.frame_samples(), audio::kBlockSamples)),
      send_(std::move(send)),
      on_muted_speech_(std::move(on_muted_speech)),
      cpu_clock_(std::move(cpu_clock)) {
  frame_.reserve(audio::to_samples(kLongestFrame));
}

void CaptureChain::take(CapturedBlock block, bool muted) {
  bool wanted = stages_.process(block, muted);  // they hear every block, muted or not
  wanted = brings_something(block) && wanted;
  meter_.add(block.sound(), block.at);
  watch(block, muted);
  continuous_ = stages_.continuous();
  if (player_.play_into(std::span(block.samples).first(block.size), wanted)) {
    if (!wanted) gate_.forget();  // the microphone before it was for nobody
    wanted = true;
    continuous_ = true;
  }
  if (muted) {
    gate_.forget();
    frame_.clear();
    return;
  }
  if (!wanted) fill_up();
  if (!wanted && block.nothing) return gate_.forget();
  gate_.take(block, wanted, [this](const CapturedBlock& heard) { gather(heard); });
}

bool CaptureChain::brings_something(const CapturedBlock& block) {
  if (!block.nothing) something_samples_ = audio::to_samples(kTail);
  if (something_samples_ == 0) return encoder_.constant_bitrate();
  something_samples_ -= std::min(something_samples_, block.size);
  return true;
}

/// No more comes for now: what was said is sent though its frame is not whole.
void CaptureChain::fill_up() {
  if (frame_.empty()) {
    level_dbov_.store(wire::kSilentDbov, std::memory_order_relaxed);
    return;
  }
  frame_.resize(encoder_.frame_samples());
  encode_frame();
  frame_.clear();
}

void CaptureChain::watch(const CapturedBlock& block, bool muted) {
  const unsigned level = muted ? codec::level_dbov(block.sound()) : wire::kSilentDbov;
  if (muted_speech_.take(level, muted, block.size) && on_muted_speech_) on_muted_speech_();
}

void CaptureChain::gather(const CapturedBlock& block) {
  if (block.position != frame_position_ + frame_.size()) frame_.clear();
  encoder_.set_short_frames(short_frames_.load(std::memory_order_relaxed));
  if (frame_.size() == encoder_.frame_samples()) finish_frame();  // the shortest become shorter
  if (frame_.empty()) {
    frame_position_ = block.position;
    encoder_.ease(easing_.load(std::memory_order_relaxed));
    encoder_.set_continuous(continuous_);
  }
  frame_.insert(frame_.end(), block.sound().begin(), block.sound().end());
  if (frame_.size() == encoder_.frame_samples()) finish_frame();
}

void CaptureChain::finish_frame() {
  encode_frame();
  frame_position_ += frame_.size();
  frame_.clear();
}

void CaptureChain::encode_frame() {
  const std::uint8_t level = codec::level_dbov(frame_);
  const std::string_view payload = encode();
  level_dbov_.store(level, std::memory_order_relaxed);
  encoded_frames_.fetch_add(1, std::memory_order_relaxed);
  if (payload.empty()) return;
  packet_.sequence = next_sequence_++;
  packet_.timestamp = static_cast<std::uint32_t>(frame_position_);  // wraps, as in RTP
  packet_.level_dbov = level;
  packet_.duration_samples = static_cast<std::uint32_t>(frame_.size());
  packet_.payload = payload;
  sent_frames_.fetch_add(1, std::memory_order_relaxed);
  send_(packet_);
}

std::string_view CaptureChain::encode() {
  const std::chrono::nanoseconds before = cpu_clock_();
  const std::string_view payload = encoder_.encode(frame_);
  const int reduced = effort_.reduced();
  effort_.note(cpu_clock_() - before,
               std::chrono::microseconds(frame_.size() * 1'000'000 / audio::kSampleRate));
  if (effort_.reduced() != reduced) encoder_.reduce_effort(effort_.reduced());
  reduced_.store(effort_.reduced(), std::memory_order_relaxed);
  share_.store(effort_.share(), std::memory_order_relaxed);
  return payload;
}

std::uint64_t CaptureChain::encoded_frames() const {
  return encoded_frames_.load(std::memory_order_relaxed);
}

std::uint64_t CaptureChain::sent_frames() const {
  return sent_frames_.load(std::memory_order_relaxed);
}

unsigned CaptureChain::level_dbov() const {
  return level_dbov_.load(std::memory_order_relaxed);
}

}  // namespace comcat::client
