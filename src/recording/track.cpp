#include "comcat/recording/track.h"

#include <cerrno>
#include <random>
#include <utility>

#include "comcat/audio/recording_file.h"
#include "comcat/base/text.h"
#include "comcat/base/write.h"

namespace comcat::recording {

absl::StatusOr<Track> Track::create(const std::string& path, const std::vector<std::string>& tags) {
  absl::StatusOr<audio::RecordingFile> created = audio::create_recording(path);
  if (!created.ok()) return created.status();
  std::random_device random;
  Track track(base::FileDescriptor(created->fd), std::move(created->path),
              OggOpusStream(random(), tags));
  if (absl::Status status = track.flush(); !status.ok()) return status;
  return track;
}

Track::Track(base::FileDescriptor file, std::string path, OggOpusStream stream)
    : file_(std::move(file)), path_(std::move(path)), stream_(std::move(stream)) {}

absl::Status Track::write(const PlacedPacket& packet) {
  if (stream_.end() - packet.at > kMostAhead) return status_;
  stream_.add_silence(packet.at - stream_.end());
  stream_.add(packet.payload, packet.samples);
  return flush();
}

absl::Status Track::finish(std::int64_t end) {
  stream_.add_silence(end - stream_.end());
  stream_.finish();
  return flush();
}

absl::Status Track::flush() {
  const std::string bytes = stream_.take();
  if (status_.ok() && !bytes.empty() && !base::write_fully(file_.get(), bytes)) {
    status_ = audio::recording_failure(
        errno, "the file " + base::safe_text(path_) + " cannot be written further");
  }
  return status_;
}

}  // namespace comcat::recording
