#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "comcat/recording/mixdown.h"
#include "comcat/recording/speaker_timeline.h"
#include "comcat/recording/track.h"
#include "comcat/wire/voice_packet.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::recording {

/// A call on the disk: a track for everyone who speaks, and all of them together. Who leaves and
/// comes back under the same name goes on in the same track.
///
/// Files      START-NAME.opus and START-mix.flac in the directory, START in UTC; nothing that
/// exists
///            is written to (audio::create_recording()).
/// Time       48 kHz samples since the recording began.
/// Memory     some seconds of packets and of the mix; at most kMostTracks tracks, and those who
///            speak beyond that are only in the mix; kMostNames names.
/// Threads    one at a time. step() may wait for the disk.
/// Errors     of a file that cannot be created or written; what is written by then can be played.
class CallTracks {
 public:
  static constexpr std::size_t kMostTracks = 64;
  static constexpr std::size_t kMostNames = 10'000;

  /// Creates the directory where there is none (0700), and the mix's file.
  [[nodiscard]] static absl::StatusOr<CallTracks> create(
      const std::string& directory, std::chrono::system_clock::time_point start);

  /// What the session is called from now on.
  void set_name(wire::SessionNumber session, const std::string& name);

  /// A packet of packet.speaker's that arrived at `arrival`. Malformed ones are passed over.
  void insert(const wire::VoicePacket& packet, std::int64_t arrival);

  /// Writes what is complete at `now`.
  [[nodiscard]] absl::Status step(std::int64_t now);
  /// Writes all, and brings every track to the same length.
  [[nodiscard]] absl::Status finish(std::int64_t now);

 private:
  struct Speaker {
    SpeakerTimeline timeline;
    std::int64_t last_arrival = 0;
  };

  CallTracks(std::string prefix, std::string date, Mixdown mix);

  [[nodiscard]] std::string name_of(wire::SessionNumber session) const;
  absl::Status write(wire::SessionNumber session, const PlacedPacket& packet);
  /// Nothing where there are too many.
  absl::StatusOr<Track*> track_of(const std::string& name);

  std::string prefix_;  // of every file's path
  std::string date_;    // of the start, as tags have it
  Mixdown mix_;
  std::map<wire::SessionNumber, std::string> names_;
  std::map<wire::SessionNumber, Speaker> speakers_;  // of late
  std::map<std::string, Track> tracks_;              // by base::comparison_key() of the name
};

/// `name` as a part of a file's name: nothing in it leads elsewhere or hides the file.
/// Threads: any.
[[nodiscard]] std::string file_name_of(const std::string& name);

}  // namespace comcat::recording
