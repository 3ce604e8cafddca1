#pragma once

#include <cstddef>
#include <vector>

#include "comcat/client/capture_framer.h"

namespace comcat::client {

/// Lets those blocks of the microphone pass that somebody is to hear, and the 60 ms before them, so
/// that the beginning of a word is whole though it was recognised late, or the key pressed late.
/// What was held back leaves at once, with its positions: a listener hears it late and catches up.
///
/// Threads    one, the encode thread.
/// Capacity   60 ms; of more the oldest are forgotten.
class SpeechGate {
 public:
  static constexpr std::size_t kBeforeSamples = 60 * audio::kSampleRate / 1000;

  /// `block_samples`: of each block.
  explicit SpeechGate(std::size_t block_samples = audio::kBlockSamples)
      : held_(kBeforeSamples / block_samples) {}

  /// Calls `send` with each block that leaves, the oldest first.
  template <typename Send>
  void take(const CapturedBlock& block, bool wanted, Send send) {
    if (!wanted) return hold(block);
    for (; held_blocks_ > 0; --held_blocks_) {
      send(held_[(next_ + held_.size() - held_blocks_) % held_.size()]);
    }
    send(block);
  }

  /// What is held is never to be heard.
  void forget() { held_blocks_ = 0; }

 private:
  void hold(const CapturedBlock& block) {
    held_[next_] = block;
    next_ = (next_ + 1) % held_.size();
    if (held_blocks_ < held_.size()) ++held_blocks_;
  }

  std::vector<CapturedBlock> held_;
  std::size_t next_ = 0;
  std::size_t held_blocks_ = 0;
};

}  // namespace comcat::client
