#include "comcat/audio/sound_writer.h"

#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include <sndfile.h>
#include <strings.h>
#include <unistd.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/recording_file.h"
#include "comcat/base/text.h"

namespace comcat::audio {
namespace {

constexpr std::uint64_t kMaxWavSamples = (std::uint64_t{0xFFFF'FFFF} - 4096) / sizeof(std::int16_t);
constexpr std::uint64_t kMaxFlacSamples = (std::uint64_t{1} << 36) - 1;  // of its STREAMINFO
constexpr std::uint64_t kHeaderEverySamples = kSampleRate;

bool ends_in(const std::string& path, std::string_view extension) {
  return path.size() > extension.size() &&
         strcasecmp(path.c_str() + path.size() - extension.size(), extension.data()) == 0;
}

/// libsndfile's; nothing where the name says none.
std::optional<int> format_of(const std::string& path) {
  if (ends_in(path, ".wav")) return SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  if (ends_in(path, ".flac")) return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  return std::nullopt;
}

}  // namespace

class SoundWriter::Impl {
 public:
  Impl(SNDFILE* file, RecordingFile created)
      : created_(std::move(created)),
        file_(file),
        path_(base::safe_text(created_.path)),
        is_wav_(ends_in(created_.path, ".wav")) {
    sf_command(file_, SFC_SET_CLIPPING, nullptr, SF_TRUE);
  }
  [[nodiscard]] const RecordingFile& created() const { return created_; }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { (void)finish(); }

  absl::Status write(std::span<const float> samples) {
    if (!status_.ok()) return status_;
    if (file_ == nullptr) return absl::FailedPreconditionError("the recording is closed already");
    if (written_ + samples.size() > (is_wav_ ? kMaxWavSamples : kMaxFlacSamples)) {
      return status_ = absl::ResourceExhaustedError(
                 "the file " + path_ +
                 " has reached what a file of its kind can hold; record to another one");
    }
    errno = 0;
    const auto count = static_cast<sf_count_t>(samples.size());
    if (sf_write_float(file_, samples.data(), count) != count) {
      return status_ = recording_failure(errno, "the file " + path_ + " cannot be written further");
    }
    written_ += samples.size();
    if (is_wav_ &&
        written_ / kHeaderEverySamples != (written_ - samples.size()) / kHeaderEverySamples) {
      sf_command(file_, SFC_UPDATE_HEADER_NOW, nullptr, 0);
    }
    return absl::OkStatus();
  }

  absl::Status finish() {
    if (file_ == nullptr) return status_;
    errno = 0;
    const int error = sf_close(std::exchange(file_, nullptr));
    if (error != 0 && status_.ok()) {
      status_ = recording_failure(errno, "the file " + path_ + " cannot be completed");
    }
    return status_;
  }

 private:
  const RecordingFile created_;  // its descriptor is file_'s
  SNDFILE* file_;                // ours; null once finished
  std::string path_;             // safe to print
  bool is_wav_;
  std::uint64_t written_ = 0;
  absl::Status status_;  // the first failure
};

SoundWriter::SoundWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SoundWriter::SoundWriter(SoundWriter&&) noexcept = default;
SoundWriter& SoundWriter::operator=(SoundWriter&&) noexcept = default;
SoundWriter::~SoundWriter() = default;

absl::Status SoundWriter::check_name(const std::string& path) {
  if (format_of(path)) return absl::OkStatus();
  return absl::InvalidArgumentError("the file " + base::safe_text(path) +
                                    " does not end in .wav or .flac; name the recording "
                                    "something.wav");
}

absl::StatusOr<SoundWriter> SoundWriter::create(const std::string& path) {
  if (absl::Status status = check_name(path); !status.ok()) return status;
  absl::StatusOr<RecordingFile> created = create_recording(path);
  if (!created.ok()) return created.status();
  SF_INFO info{};
  info.samplerate = kSampleRate;
  info.channels = 1;
  info.format = *format_of(path);
  errno = 0;
  SNDFILE* const file = sf_open_fd(created->fd, SFM_WRITE, &info, SF_TRUE);
  if (file == nullptr) {
    const int error = errno;  // the descriptor has been closed
    (void)::unlink(created->path.c_str());
    return recording_failure(error,
                             "the file " + base::safe_text(created->path) + " cannot be created");
  }
  return SoundWriter(std::make_unique<Impl>(file, *std::move(created)));
}

const std::string& SoundWriter::path() const {
  return impl_->created().path;
}

const std::string& SoundWriter::instead_of() const {
  return impl_->created().instead_of;
}

absl::Status SoundWriter::write(std::span<const float> samples) {
  return impl_->write(samples);
}

absl::Status SoundWriter::finish() {
  return impl_->finish();
}

}  // namespace comcat::audio
