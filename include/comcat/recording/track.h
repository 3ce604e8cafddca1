#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comcat/base/file_descriptor.h"
#include "comcat/recording/ogg_opus_stream.h"
#include "comcat/recording/speaker_timeline.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::recording {

/// One speaker's file: Ogg Opus, from the begin of the recording on, so that all tracks of a call
/// laid side by side are the call.
///
/// Threads    one at a time. Every call may wait for the disk.
/// Errors     kResourceExhausted and the like, with one sentence; after the first, nothing more is
///            written.
class Track {
 public:
  /// Creates `path`, or the next free numbered one (audio::create_recording()).
  [[nodiscard]] static absl::StatusOr<Track> create(const std::string& path,
                                                    const std::vector<std::string>& tags);

  /// Appends, with silence before it where it belongs later. What overlaps follows on what is
  /// there; a packet that would come kMostAhead later than it belongs is left out, so a speaker who
  /// sends more than time passes fills no disk.
  [[nodiscard]] absl::Status write(const PlacedPacket& packet);
  static constexpr std::int64_t kMostAhead = 24'000;

  /// Silence up to `end`, and the end.
  [[nodiscard]] absl::Status finish(std::int64_t end);

 private:
  Track(base::FileDescriptor file, std::string path, OggOpusStream stream);

  absl::Status flush();

  base::FileDescriptor file_;
  std::string path_;
  OggOpusStream stream_;
  absl::Status status_;  // the first failure
};

}  // namespace comcat::recording
