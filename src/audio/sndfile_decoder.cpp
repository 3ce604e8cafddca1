#include "audio/sndfile_decoder.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <sndfile.h>

#include "comcat/base/text.h"

#include "audio/unfinished_header.h"

namespace comcat::audio {
namespace {

/// Bytes with a position, as libsndfile wants them.
struct Stream {
  Bytes bytes;
  std::uint64_t size = 0;  // while the file is open it is as long as at first
  std::uint64_t position = 0;
};

Stream& stream(void* user) {
  return *static_cast<Stream*>(user);
}

sf_count_t length(void* user) {
  return static_cast<sf_count_t>(stream(user).size);
}

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  const sf_count_t size = length(user);
  sf_count_t base = 0;
  if (whence == SEEK_CUR) base = static_cast<sf_count_t>(stream(user).position);
  if (whence == SEEK_END) base = size;
  if (offset < -base || offset > size - base) return -1;
  stream(user).position = static_cast<std::uint64_t>(base + offset);
  return base + offset;
}

sf_count_t read(void* into, sf_count_t count, void* user) {
  Stream& from = stream(user);
  if (count <= 0 || from.position >= from.size) return 0;
  const auto wanted = std::min(static_cast<std::uint64_t>(count), from.size - from.position);
  const std::size_t got = from.bytes->read_at(
      from.position, {static_cast<std::byte*>(into), static_cast<std::size_t>(wanted)});
  from.position += got;
  return static_cast<sf_count_t>(got);
}

sf_count_t write(const void*, sf_count_t, void*) {
  return 0;
}

sf_count_t tell(void* user) {
  return static_cast<sf_count_t>(stream(user).position);
}

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, Close>;

/// By the file's own map of its channels where it has one, else as files of its kind have them.
ChannelWeights weights(SNDFILE* file, const SF_INFO& info) {
  const int type = info.format & SF_FORMAT_TYPEMASK;
  // libsndfile 1.2 gives back memory that it has freed as the map of an AIFF file.
  if (type != SF_FORMAT_AIFF) {
    std::vector<int> map(static_cast<std::size_t>(info.channels));
    const auto bytes = static_cast<int>(map.size() * sizeof(int));
    if (sf_command(file, SFC_GET_CHANNEL_MAP_INFO, map.data(), bytes) == SF_TRUE) {
      if (ChannelWeights found = weights_of(map); !found.empty()) return found;
    }
  }
  const auto order = type == SF_FORMAT_OGG ? ChannelOrder::kVorbis : ChannelOrder::kWave;
  return default_weights(info.channels, order);
}

/// libsndfile's sentence, without the full stop.
std::string reason() {
  std::string text = base::safe_text(sf_strerror(nullptr));
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  return text;
}

class SndfileDecoder final : public SeekingDecoder {
 public:
  SndfileDecoder(std::unique_ptr<Stream> stream, File file, SoundFormat format)
      : stream_(std::move(stream)), file_(std::move(file)), format_(std::move(format)) {}

  const SoundFormat& format() const override { return format_; }

  std::size_t read(std::span<float> interleaved) override {
    const auto frames = interleaved.size() / static_cast<std::size_t>(format_.channels);
    const sf_count_t got =
        sf_readf_float(file_.get(), interleaved.data(), static_cast<sf_count_t>(frames));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  bool skip(std::uint64_t frames) override {
    const auto to = static_cast<sf_count_t>(frames);
    return sf_seek(file_.get(), to, SEEK_SET) == to;
  }

 private:
  std::unique_ptr<Stream> stream_;  // outlives file_, which reads from it
  File file_;
  const SoundFormat format_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SeekingDecoder>> open_sndfile_decoder(const Bytes& bytes,
                                                                     const std::string& what) {
  auto from = std::make_unique<Stream>();
  from->bytes = mend_header(bytes);
  from->size = bytes->size();
  SF_VIRTUAL_IO io{length, seek, read, write, tell};
  SF_INFO info{};
  File file(sf_open_virtual(&io, SFM_READ, &info, from.get()));
  if (!file) return unreadable(what, reason());
  absl::Status status = check_format(info.samplerate, info.channels, what);
  if (!status.ok()) return status;
  SoundFormat format{info.samplerate, info.channels, weights(file.get(), info)};
  return std::make_unique<SndfileDecoder>(std::move(from), std::move(file), std::move(format));
}

}  // namespace comcat::audio
