#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/codec/decoder.h"
#include "comcat/playout/mixer.h"

namespace comcat::playout {

/// One speaker at this listener: a jitter buffer of fixed delay in front of a decoder.
/// Threads: one at a time.
class Speaker {
 public:
  explicit Speaker(PlayoutOptions options);

  void insert(const Packet& packet, base::Time now);

  /// Writes 10 ms; false where there is nothing to hear (`out` is then silence).
  bool pull(std::span<float, audio::kBlockSamples> out, base::Time now);

  [[nodiscard]] bool empty() const { return waiting_.empty() && pcm_.empty() && !talking_; }
  [[nodiscard]] base::Time last_heard() const { return last_heard_; }
  [[nodiscard]] PlayoutStats stats() const;

 private:
  struct Stored {
    std::vector<std::uint8_t> opus;
    base::Time arrival;
  };

  void fill(base::Time now);

  PlayoutOptions options_;
  std::optional<codec::Decoder> decoder_;
  std::map<std::int64_t, Stored> waiting_;  // by unwrapped sequence
  std::deque<float> pcm_;
  std::optional<std::int64_t> newest_;
  std::int64_t next_ = 0;
  bool talking_ = false;
  int missed_ = 0;
  base::Time last_heard_{};
  base::Duration delay_{};
  PlayoutStats stats_;
};

}  // namespace comcat::playout
