#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "comcat/audio/frame.h"

namespace comcat::client {

/// Whether somebody speaks into a microphone that is muted, told once for each spurt: speech that
/// has gone on for kSpeechBlocks, and whose next spurt is one only after kPauseBlocks without any,
/// so that nobody is told of each cough, nor of each sentence.
///
/// Threads    one, the encode thread.
/// Units      blocks of 10 ms, which are its clock; of shorter ones the loudest of 10 ms counts.
class MutedSpeech {
 public:
  static constexpr unsigned kSpeechDbov = 40;  // a voice near by; what is quieter is the room
  static constexpr std::size_t kSpeechBlocks = 20;
  static constexpr std::size_t kPauseBlocks = 300;

  /// The next block. True once for each spurt.
  [[nodiscard]] bool take(unsigned level_dbov, bool muted,
                          std::size_t samples = audio::kBlockSamples) {
    if (!muted) {
      *this = {};
      return false;
    }
    gathered_samples_ += samples;
    loudest_dbov_ = std::min(loudest_dbov_, level_dbov);
    if (gathered_samples_ < audio::kBlockSamples) return false;
    gathered_samples_ = 0;
    return take_block(std::exchange(loudest_dbov_, kNothingDbov));
  }

 private:
  static constexpr unsigned kNothingDbov = 127;

  bool take_block(unsigned level_dbov) {
    if (level_dbov > kSpeechDbov) {
      if (++quiet_blocks_ == kPauseBlocks) *this = {};
      if (!told_ && spoken_blocks_ > 0) --spoken_blocks_;
      return false;
    }
    quiet_blocks_ = 0;
    if (told_ || ++spoken_blocks_ < kSpeechBlocks) return false;
    told_ = true;
    return true;
  }

  std::size_t gathered_samples_ = 0;
  unsigned loudest_dbov_ = kNothingDbov;
  std::size_t spoken_blocks_ = 0;  // less those of silence between them
  std::size_t quiet_blocks_ = 0;
  bool told_ = false;
};

}  // namespace comcat::client
