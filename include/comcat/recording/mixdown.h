#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "comcat/audio/sound_writer.h"
#include "comcat/codec/decoder.h"
#include "comcat/recording/speaker_timeline.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::recording {

/// All speakers together, as one FLAC file: each packet decoded to where it belongs, summed and
/// limited. What is lost is silence.
///
/// Threads    one at a time. write_until() may wait for the disk.
/// Memory     the sound between what has been written and what has been added last; a decoder for
///            each of at most kMostTracks speakers.
/// Errors     SoundWriter's.
class Mixdown {
 public:
  static constexpr std::size_t kMostTracks = 256;

  /// Creates `path`, which ends in .flac, or the next free numbered one.
  [[nodiscard]] static absl::StatusOr<Mixdown> create(const std::string& path);

  /// Adds a packet of `track`'s. What belongs before what has been written is left out.
  void add(const std::string& track, const PlacedPacket& packet);

  /// Nothing more comes that belongs before `end`.
  [[nodiscard]] absl::Status write_until(std::int64_t end);
  [[nodiscard]] absl::Status finish(std::int64_t end);

 private:
  explicit Mixdown(audio::SoundWriter writer) : writer_(std::move(writer)) {}

  audio::SoundWriter writer_;
  std::map<std::string, codec::Decoder> decoders_;
  std::int64_t written_ = 0;
  std::vector<float> sum_;  // from written_ on
};

}  // namespace comcat::recording
