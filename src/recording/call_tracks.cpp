#include "comcat/recording/call_tracks.h"

#include <cerrno>
#include <utility>

#include <sys/stat.h>

#include "comcat/audio/recording_file.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/codec/decoder.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace comcat::recording {
namespace {

constexpr mode_t kOwnerOnly = 0700;
constexpr std::size_t kMostNameBytes = 128;
// A packet is placed about where it arrived; what would change the mix later than that is left out.
constexpr std::int64_t kMixPatience = SpeakerTimeline::kPatience + 24'000;

}  // namespace

std::string file_name_of(const std::string& name) {
  std::string out = base::safe_text(name, kMostNameBytes);
  for (char& c : out) {
    if (c == '/' || c == '\\') c = '_';
  }
  if (out.empty() || out.front() == '.') out.insert(0, "_");
  return out;
}

absl::StatusOr<CallTracks> CallTracks::create(const std::string& directory,
                                              std::chrono::system_clock::time_point start) {
  const std::string shown = base::safe_text(directory);
  if (::mkdir(directory.c_str(), kOwnerOnly) != 0 && errno != EEXIST) {
    return audio::recording_failure(errno, "the directory " + shown + " cannot be created");
  }
  const absl::Time time = absl::FromChrono(start);
  const absl::TimeZone utc = absl::UTCTimeZone();
  const std::string prefix =
      absl::StrCat(directory, "/", absl::FormatTime("%Y%m%dT%H%M%SZ", time, utc), "-");
  absl::StatusOr<Mixdown> mix = Mixdown::create(prefix + "mix.flac");
  if (!mix.ok()) return mix.status();
  return CallTracks(prefix, absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, utc), *std::move(mix));
}

CallTracks::CallTracks(std::string prefix, std::string date, Mixdown mix)
    : prefix_(std::move(prefix)), date_(std::move(date)), mix_(std::move(mix)) {}

void CallTracks::set_name(wire::SessionNumber session, const std::string& name) {
  if (names_.size() < kMostNames || names_.contains(session)) names_[session] = name;
}

std::string CallTracks::name_of(wire::SessionNumber session) const {
  const auto found = names_.find(session);
  return found == names_.end() ? absl::StrCat("session ", session) : found->second;
}

void CallTracks::insert(const wire::VoicePacket& packet, std::int64_t arrival) {
  const std::optional<std::size_t> samples = codec::packet_samples(packet.payload);
  if (!samples) return;
  if (speakers_.size() >= kMostTracks && !speakers_.contains(packet.speaker)) {
    std::erase_if(speakers_, [&](const auto& other) {
      return arrival - other.second.last_arrival > 2 * SpeakerTimeline::kPatience;
    });
    if (speakers_.size() >= kMostTracks) return;
  }
  Speaker& speaker = speakers_[packet.speaker];
  speaker.last_arrival = arrival;
  speaker.timeline.insert(packet, static_cast<std::int64_t>(*samples), arrival);
}

absl::StatusOr<Track*> CallTracks::track_of(const std::string& name) {
  const std::string key = base::comparison_key(name);
  const auto found = tracks_.find(key);
  if (found != tracks_.end()) return &found->second;
  if (tracks_.size() >= kMostTracks) return nullptr;
  absl::StatusOr<Track> track = Track::create(prefix_ + file_name_of(name) + ".opus",
                                              {"TITLE=" + name, "ARTIST=" + name, "DATE=" + date_});
  if (!track.ok()) return track.status();
  return &tracks_.emplace(key, *std::move(track)).first->second;
}

absl::Status CallTracks::write(wire::SessionNumber session, const PlacedPacket& packet) {
  const std::string name = name_of(session);
  mix_.add(base::comparison_key(name), packet);
  const absl::StatusOr<Track*> track = track_of(name);
  if (!track.ok()) return track.status();
  return *track == nullptr ? absl::OkStatus() : (*track)->write(packet);
}

absl::Status CallTracks::step(std::int64_t now) {
  for (auto& [session, speaker] : speakers_) {
    for (const PlacedPacket& packet : speaker.timeline.take(now)) {
      if (absl::Status status = write(session, packet); !status.ok()) return status;
    }
  }
  return mix_.write_until(now - kMixPatience);
}

absl::Status CallTracks::finish(std::int64_t now) {
  absl::Status first;
  for (auto& [session, speaker] : speakers_) {
    for (const PlacedPacket& packet : speaker.timeline.take_all()) {
      first.Update(write(session, packet));
    }
  }
  for (auto& [name, track] : tracks_) first.Update(track.finish(now));
  first.Update(mix_.finish(now));
  return first;
}

}  // namespace comcat::recording
