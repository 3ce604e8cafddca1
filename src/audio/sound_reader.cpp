#include "comcat/audio/sound_reader.h"

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "comcat/audio/frame.h"
#include "comcat/base/text.h"

#include "audio/mono_reader.h"
#include "audio/ogg_links.h"
#include "audio/sound_decoder.h"

namespace comcat::audio {
namespace {

constexpr std::size_t kTagHeaderBytes = 10;

/// What follows the ID3 tags that music has at its beginning.
Bytes without_tags(Bytes bytes) {
  std::array<std::byte, kTagHeaderBytes> header{};
  while (bytes->read_at(0, header) == header.size() && std::memcmp(header.data(), "ID3", 3) == 0) {
    std::uint64_t length = kTagHeaderBytes;
    std::uint64_t size = 0;
    for (const std::byte byte : std::span(header).subspan(6)) {
      size = size << 7 | std::to_integer<std::uint64_t>(byte & std::byte{0x7F});
    }
    if ((header[5] & std::byte{0x10}) != std::byte{0}) length += kTagHeaderBytes;  // a footer
    bytes = tail(std::move(bytes), length + size);
  }
  return bytes;
}

bool is_ogg(const ByteInput& bytes) {
  std::array<std::byte, 4> start{};
  return bytes.read_at(0, start) == start.size() && std::memcmp(start.data(), "OggS", 4) == 0;
}

}  // namespace

class SoundReader::Impl {
 public:
  explicit Impl(std::string what) : what_(std::move(what)) {}

  absl::Status open(Bytes bytes) {
    if (bytes->size() == 0) {
      return absl::InvalidArgumentError(what_ + " is empty; name a sound file");
    }
    bytes = without_tags(std::move(bytes));
    if (is_ogg(*bytes)) {
      links_ = ogg_links(bytes);
      return open_link();
    }
    auto decoder = open_growing_decoder(bytes, what_);
    if (!decoder.ok()) return decoder.status();
    reader_.emplace(*std::move(decoder));
    return absl::OkStatus();
  }

  std::size_t read(std::span<float> out) {
    std::size_t done = 0;
    while (reader_) {
      done += reader_->read(out.subspan(done));
      if (done == out.size()) break;
      reader_.reset();
      if (next_link_ < links_.size()) status_ = open_link();
    }
    return done;
  }

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  absl::Status open_link() {
    const std::size_t number = ++next_link_;
    const std::string what =
        number == 1 ? what_ : "part " + std::to_string(number) + " of " + what_;
    auto decoder = open_decoder(links_[number - 1], what);
    if (!decoder.ok()) return decoder.status();
    reader_.emplace(*std::move(decoder));
    return absl::OkStatus();
  }

  const std::string what_;
  std::vector<Bytes> links_;  // of an Ogg file
  std::size_t next_link_ = 0;
  std::optional<MonoReader> reader_;  // nothing at the end
  absl::Status status_;
};

SoundReader::SoundReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SoundReader::SoundReader(SoundReader&&) noexcept = default;
SoundReader& SoundReader::operator=(SoundReader&&) noexcept = default;
SoundReader::~SoundReader() = default;

absl::StatusOr<SoundReader> SoundReader::open(const std::string& path) {
  const std::string what = "the file " + base::safe_text(path);
  absl::StatusOr<Bytes> bytes = open_file_bytes(path, what);
  if (!bytes.ok()) return bytes.status();
  auto impl = std::make_unique<Impl>(what);
  const absl::Status status = impl->open(*std::move(bytes));
  if (!status.ok()) return absl::FailedPreconditionError(status.message());
  return SoundReader(std::move(impl));
}

absl::StatusOr<SoundReader> SoundReader::from_bytes(std::span<const std::byte> bytes) {
  auto impl = std::make_unique<Impl>("the sound");
  if (absl::Status status = impl->open(memory_bytes(bytes)); !status.ok()) return status;
  return SoundReader(std::move(impl));
}

std::size_t SoundReader::read(std::span<float> out) {
  return impl_->read(out);
}

const absl::Status& SoundReader::status() const {
  return impl_->status();
}

absl::StatusOr<std::vector<float>> read_sound(std::span<const std::byte> bytes,
                                              std::size_t max_samples) {
  absl::StatusOr<SoundReader> reader = SoundReader::from_bytes(bytes);
  if (!reader.ok()) return reader.status();
  std::vector<float> samples;
  Block block;
  for (std::size_t count = block.size(); count == block.size();) {
    count = reader->read(block);
    if (samples.size() + count > max_samples) {
      return absl::InvalidArgumentError("the sound is longer than " +
                                        std::to_string(max_samples / kSampleRate) +
                                        " seconds; use a shorter one");
    }
    samples.insert(samples.end(), block.begin(),
                   block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (!reader->status().ok()) return reader->status();
  return samples;
}

}  // namespace comcat::audio
