#include "audio/sound_decoder.h"

#include <array>
#include <cstring>
#include <utility>

#include "audio/ogg_flac_decoder.h"
#include "audio/sndfile_decoder.h"
#include "audio/unfinished_header.h"

namespace comcat::audio {
namespace {

constexpr int kMinRate = 1'000;
constexpr int kMaxRate = 768'000;
constexpr int kMaxChannels = 64;

class GrowingDecoder final : public SoundDecoder {
 public:
  GrowingDecoder(Bytes bytes, std::string what, std::uint64_t size,
                 std::unique_ptr<SoundDecoder> decoder)
      : bytes_(std::move(bytes)),
        what_(std::move(what)),
        size_(size),
        decoder_(std::move(decoder)),
        format_(decoder_->format()) {}

  const SoundFormat& format() const override { return format_; }

  std::size_t read(std::span<float> interleaved) override {
    std::size_t frames = decoder_->read(interleaved);
    if (frames == 0 && reopen()) frames = decoder_->read(interleaved);
    frames_ += frames;
    return frames;
  }

 private:
  /// Opens what there is now, where this one ended; false where it has not grown.
  bool reopen() {
    const std::uint64_t size = bytes_->size();
    if (size <= std::exchange(size_, size)) return false;
    auto longer = open_sndfile_decoder(window(bytes_, 0, size), what_);
    if (!longer.ok() || !(*longer)->skip(frames_)) return false;
    const SoundFormat& format = (*longer)->format();
    if (format.rate_hz != format_.rate_hz || format.channels != format_.channels) return false;
    decoder_ = *std::move(longer);
    return true;
  }

  const Bytes bytes_;
  const std::string what_;
  std::uint64_t size_;  // when decoder_ was opened
  std::unique_ptr<SoundDecoder> decoder_;
  const SoundFormat format_;
  std::uint64_t frames_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SoundDecoder>> open_decoder(const Bytes& bytes,
                                                           const std::string& what) {
  if (is_ogg_flac(*bytes)) return open_ogg_flac_decoder(bytes, what);
  return open_sndfile_decoder(bytes, what);
}

absl::StatusOr<std::unique_ptr<SoundDecoder>> open_growing_decoder(const Bytes& bytes,
                                                                   const std::string& what) {
  const std::uint64_t size = bytes->size();
  auto decoder = open_sndfile_decoder(window(bytes, 0, size), what);
  if (!decoder.ok()) return decoder.status();
  return std::make_unique<GrowingDecoder>(bytes, what, size, *std::move(decoder));
}

absl::Status unreadable(const std::string& what, const std::string& reason) {
  return absl::InvalidArgumentError(
      what + " is not a sound file that can be read (" + reason +
      "); use WAV, FLAC, MP3, AIFF, or Ogg with Opus, Vorbis or FLAC");
}

absl::Status check_format(int rate_hz, int channels, const std::string& what) {
  if (rate_hz >= kMinRate && rate_hz <= kMaxRate && channels >= 1 && channels <= kMaxChannels) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(what + " has " + std::to_string(channels) + " channels at " +
                                    std::to_string(rate_hz) +
                                    " Hz; use 1 to 64 channels at 1 to 768 kHz");
}

}  // namespace comcat::audio
