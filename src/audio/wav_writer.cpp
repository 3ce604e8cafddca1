#include "comcat/audio/wav_writer.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include <sndfile.h>
#include <strings.h>
#include <unistd.h>

#include "comcat/audio/frame.h"
#include "comcat/base/text.h"

#include "audio/recording_file.h"

namespace comcat::audio {
namespace {

constexpr std::uint64_t kMaxSamples = (std::uint64_t{0xFFFF'FFFF} - 4096) / sizeof(std::int16_t);
constexpr std::uint64_t kHeaderEverySamples = kSampleRate;
constexpr std::string_view kExtension = ".wav";

bool has_extension(const std::string& path) {
  return path.size() > kExtension.size() &&
         strcasecmp(path.c_str() + path.size() - kExtension.size(), kExtension.data()) == 0;
}

}  // namespace

class WavWriter::Impl {
 public:
  Impl(SNDFILE* file, RecordingFile created)
      : created_(std::move(created)), file_(file), path_(base::safe_text(created_.path)) {
    sf_command(file_, SFC_SET_CLIPPING, nullptr, SF_TRUE);
  }
  [[nodiscard]] const RecordingFile& created() const { return created_; }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { (void)finish(); }

  absl::Status write(std::span<const float> samples) {
    if (!status_.ok()) return status_;
    if (file_ == nullptr) return absl::FailedPreconditionError("the recording is closed already");
    if (written_ + samples.size() > kMaxSamples) {
      return status_ = absl::ResourceExhaustedError(
                 "the file " + path_ +
                 " has reached the 4 GB that a WAV file can hold; record to "
                 "another one");
    }
    errno = 0;
    const auto count = static_cast<sf_count_t>(samples.size());
    if (sf_write_float(file_, samples.data(), count) != count) {
      return status_ = recording_failure(errno, "the file " + path_ + " cannot be written further");
    }
    written_ += samples.size();
    if (written_ / kHeaderEverySamples != (written_ - samples.size()) / kHeaderEverySamples) {
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
  std::uint64_t written_ = 0;
  absl::Status status_;  // the first failure
};

WavWriter::WavWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WavWriter::WavWriter(WavWriter&&) noexcept = default;
WavWriter& WavWriter::operator=(WavWriter&&) noexcept = default;
WavWriter::~WavWriter() = default;

absl::Status WavWriter::check_name(const std::string& path) {
  if (has_extension(path)) return absl::OkStatus();
  return absl::InvalidArgumentError("the file " + base::safe_text(path) +
                                    " does not end in .wav; name the recording something.wav");
}

absl::StatusOr<WavWriter> WavWriter::create(const std::string& path) {
  if (absl::Status status = check_name(path); !status.ok()) return status;
  absl::StatusOr<RecordingFile> created = create_recording(path);
  if (!created.ok()) return created.status();
  SF_INFO info{};
  info.samplerate = kSampleRate;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  errno = 0;
  SNDFILE* const file = sf_open_fd(created->fd, SFM_WRITE, &info, SF_TRUE);
  if (file == nullptr) {
    const int error = errno;  // the descriptor has been closed
    (void)::unlink(created->path.c_str());
    return recording_failure(error,
                             "the file " + base::safe_text(created->path) + " cannot be created");
  }
  return WavWriter(std::make_unique<Impl>(file, *std::move(created)));
}

const std::string& WavWriter::path() const {
  return impl_->created().path;
}

const std::string& WavWriter::instead_of() const {
  return impl_->created().instead_of;
}

absl::Status WavWriter::write(std::span<const float> samples) {
  return impl_->write(samples);
}

absl::Status WavWriter::finish() {
  return impl_->finish();
}

}  // namespace comcat::audio
