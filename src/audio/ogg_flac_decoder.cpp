#include "audio/ogg_flac_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include <FLAC/stream_decoder.h>

namespace comcat::audio {
namespace {

struct Delete {
  void operator()(FLAC__StreamDecoder* decoder) const { FLAC__stream_decoder_delete(decoder); }
};

class OggFlacDecoder final : public SoundDecoder {
 public:
  explicit OggFlacDecoder(Bytes bytes)
      : bytes_(std::move(bytes)), decoder_(FLAC__stream_decoder_new()) {}

  /// False where there is no sound in it that can be read.
  bool begin() {
    const auto status =
        FLAC__stream_decoder_init_ogg_stream(decoder_.get(), on_read, nullptr, nullptr, nullptr,
                                             nullptr, on_frame, nullptr, on_error, this);
    if (status != FLAC__STREAM_DECODER_INIT_STATUS_OK) return false;
    while (position_ == decoded_.size() && decode()) {
    }
    return format_.channels > 0;
  }

  const SoundFormat& format() const override { return format_; }

  std::size_t read(std::span<float> interleaved) override {
    const auto channels = static_cast<std::size_t>(format_.channels);
    const std::span<float> whole = interleaved.first(interleaved.size() / channels * channels);
    std::size_t done = 0;
    while (done < whole.size()) {
      if (position_ == decoded_.size() && !decode()) break;
      const std::size_t count = std::min(whole.size() - done, decoded_.size() - position_);
      std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(position_), count,
                  whole.begin() + static_cast<std::ptrdiff_t>(done));
      position_ += count;
      done += count;
    }
    return done / channels;
  }

 private:
  /// Goes on by one block of metadata or one frame; false at the end.
  bool decode() {
    if (FLAC__stream_decoder_process_single(decoder_.get()) == 0) return false;
    return FLAC__stream_decoder_get_state(decoder_.get()) < FLAC__STREAM_DECODER_END_OF_STREAM;
  }

  static FLAC__StreamDecoderReadStatus on_read(const FLAC__StreamDecoder*, FLAC__byte into[],
                                               std::size_t* count, void* user) {
    auto& self = *static_cast<OggFlacDecoder*>(user);
    *count = self.bytes_->read_at(self.offset_, {reinterpret_cast<std::byte*>(into), *count});
    self.offset_ += *count;
    return *count > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE
                      : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
  }

  static FLAC__StreamDecoderWriteStatus on_frame(const FLAC__StreamDecoder*,
                                                 const FLAC__Frame* frame,
                                                 const FLAC__int32* const channels[], void* user) {
    return static_cast<OggFlacDecoder*>(user)->take(frame->header, channels)
               ? FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE
               : FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
  }

  /// libFLAC finds the next whole frame by itself.
  static void on_error(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus, void*) {}

  /// False where the format changes on the way, which nothing that writes such files does.
  bool take(const FLAC__FrameHeader& header, const FLAC__int32* const channels[]) {
    const auto rate_hz = static_cast<int>(header.sample_rate);
    const auto count = static_cast<int>(header.channels);
    if (format_.channels == 0) {
      format_ = {rate_hz, count, default_weights(count, ChannelOrder::kWave)};
    }
    if (rate_hz != format_.rate_hz || count != format_.channels) return false;
    const float scale = 1.0F / static_cast<float>(std::uint64_t{1} << (header.bits_per_sample - 1));
    decoded_.clear();
    position_ = 0;
    for (std::size_t i = 0; i < header.blocksize; ++i) {
      for (std::size_t c = 0; c < header.channels; ++c) {
        decoded_.push_back(static_cast<float>(channels[c][i]) * scale);
      }
    }
    return true;
  }

  const Bytes bytes_;
  std::unique_ptr<FLAC__StreamDecoder, Delete> decoder_;
  std::uint64_t offset_ = 0;
  SoundFormat format_;
  std::vector<float> decoded_;  // one FLAC frame, given out up to position_
  std::size_t position_ = 0;
};

}  // namespace

bool is_ogg_flac(const ByteInput& bytes) {
  constexpr std::size_t kFirstPacketAt = 28;  // the first page holds nothing else
  std::array<std::byte, kFirstPacketAt + 5> start{};
  return bytes.read_at(0, start) == start.size() && std::memcmp(start.data(), "OggS", 4) == 0 &&
         std::memcmp(start.data() + kFirstPacketAt,
                     "\x7F"
                     "FLAC",
                     5) == 0;
}

absl::StatusOr<std::unique_ptr<SoundDecoder>> open_ogg_flac_decoder(const Bytes& bytes,
                                                                    const std::string& what) {
  auto decoder = std::make_unique<OggFlacDecoder>(bytes);
  if (!decoder->begin()) return unreadable(what, "its FLAC is damaged");
  const SoundFormat& format = decoder->format();
  absl::Status status = check_format(format.rate_hz, format.channels, what);
  if (!status.ok()) return status;
  return decoder;
}

}  // namespace comcat::audio
