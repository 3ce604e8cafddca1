#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace comcat::playout {

/// Figures of one speaker's playout since it began. Threads: a plain value.
struct PlayoutStats {
  std::chrono::microseconds target_delay{0};  // what the buffer aims at
  // From when the fastest packet of late would have brought what plays now, to the ear, without the
  // sink. Where the network holds nothing up that is arrival to ear; a stall counts in full.
  std::chrono::microseconds delay{0};
  std::uint64_t received_frames = 0;
  std::uint64_t late_frames = 0;  // came after their time
  std::uint64_t lost_frames = 0;  // never came
  std::uint64_t duplicate_frames = 0;
  std::uint64_t played_samples = 0;       // of any kind, silence not
  std::uint64_t decoded_samples = 0;      // from the packets themselves
  std::uint64_t concealed_samples = 0;    // invented or left silent while the speaker spoke
  std::uint64_t recovered_samples = 0;    // from the next packet's FEC
  std::uint64_t expanded_samples = 0;     // inserted by time stretching
  std::uint64_t accelerated_samples = 0;  // removed by time stretching
  double drift_ppm = 0;                   // the speaker's clock against ours
  bool talking = false;
  std::optional<std::uint32_t> timestamp;  // of what plays now; nothing where that is not speech

  /// What concealed_samples are a part of. Not played_samples: those left silent were not played.
  [[nodiscard]] std::uint64_t speech_samples() const {
    return decoded_samples + recovered_samples + concealed_samples;
  }
};

}  // namespace comcat::playout
