#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include <sndfile.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/wav.h"
#include "comcat/base/text.h"

#include "audio/channel_layout.h"
#include "audio/downmix.h"
#include "audio/resampler.h"

namespace comcat::audio {
namespace {

constexpr int kMinRate = 1'000;
constexpr int kMaxRate = 768'000;
constexpr int kMaxChannels = 64;
constexpr std::size_t kReadFrames = 480;

/// A file that libsndfile reads from memory.
struct Memory {
  std::span<const std::byte> bytes;
  sf_count_t position = 0;
};

Memory& memory(void* user) {
  return *static_cast<Memory*>(user);
}

sf_count_t memory_length(void* user) {
  return static_cast<sf_count_t>(memory(user).bytes.size());
}

sf_count_t memory_seek(sf_count_t offset, int whence, void* user) {
  const sf_count_t length = memory_length(user);
  sf_count_t base = 0;
  if (whence == SEEK_CUR) base = memory(user).position;
  if (whence == SEEK_END) base = length;
  if (offset < -base || offset > length - base) return -1;
  return memory(user).position = base + offset;
}

sf_count_t memory_read(void* into, sf_count_t count, void* user) {
  Memory& file = memory(user);
  const sf_count_t taken = std::min(count, memory_length(user) - file.position);
  if (taken <= 0) return 0;
  std::memcpy(into, file.bytes.data() + file.position, static_cast<std::size_t>(taken));
  file.position += taken;
  return taken;
}

sf_count_t memory_write(const void*, sf_count_t, void*) {
  return 0;
}

sf_count_t memory_tell(void* user) {
  return memory(user).position;
}

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, Close>;

absl::Status check_format(const SF_INFO& info, const std::string& what) {
  if (info.samplerate < kMinRate || info.samplerate > kMaxRate || info.channels < 1 ||
      info.channels > kMaxChannels) {
    return absl::InvalidArgumentError(what + " has " + std::to_string(info.channels) +
                                      " channels at " + std::to_string(info.samplerate) +
                                      " Hz; use 1 to 64 channels at 1 to 768 kHz");
  }
  return absl::OkStatus();
}

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

absl::Status unreadable(const std::string& what) {
  const std::string reason = base::safe_text(sf_strerror(nullptr));
  return absl::InvalidArgumentError(what + " is not a sound file that can be read (" + reason +
                                    "); use a WAV, FLAC or Ogg file");
}

}  // namespace

class WavReader::Impl {
 public:
  Impl(File file, const SF_INFO& info, std::unique_ptr<Memory> memory)
      : memory_(std::move(memory)),
        file_(std::move(file)),
        info_(info),
        downmix_(weights(file_.get(), info_), info_.samplerate) {
    interleaved_.resize(kReadFrames * static_cast<std::size_t>(info.channels));
    mono_.reserve(kReadFrames);
    if (info.samplerate != kSampleRate) resampler_.emplace(info.samplerate, kSampleRate);
  }

  std::size_t read(std::span<float> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      if (position_ == mono_.size() && !refill()) break;
      const std::span<const float> in = std::span<const float>(mono_).subspan(position_);
      const std::span<float> rest = out.subspan(done, std::min(out.size() - done, left()));
      if (rest.empty()) break;
      const Resampler::Progress progress = convert(in, rest);
      position_ += progress.consumed_samples;
      done += progress.produced_samples;
      produced_ += progress.produced_samples;
    }
    for (float& sample : out.first(done)) {
      sample = std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
    }
    return done;
  }

 private:
  Resampler::Progress convert(std::span<const float> in, std::span<float> out) {
    if (resampler_) return resampler_->process(in, out);
    const std::size_t count = std::min(in.size(), out.size());
    std::copy_n(in.begin(), count, out.begin());
    return {count, count};
  }

  /// Samples that may still come out: as many as the file lasts, once its end has been seen.
  [[nodiscard]] std::size_t left() const {
    if (!ended_) return SIZE_MAX;
    const auto rate = static_cast<std::uint64_t>(info_.samplerate);
    const std::uint64_t total = (consumed_frames_ * kSampleRate + rate - 1) / rate;
    return static_cast<std::size_t>(total - std::min<std::uint64_t>(total, produced_));
  }

  /// The next frames of the file, mixed down; after its end, the zeros that push the last samples
  /// out of the resampler. False when nothing is left.
  bool refill() {
    position_ = 0;
    if (ended_) {
      mono_.assign(kReadFrames, 0.0F);
      return resampler_ && left() > 0;
    }
    const sf_count_t frames = sf_readf_float(file_.get(), interleaved_.data(), kReadFrames);
    if (frames <= 0) {
      ended_ = true;
      mono_.clear();
      return refill();
    }
    consumed_frames_ += static_cast<std::uint64_t>(frames);
    mono_.resize(static_cast<std::size_t>(frames));
    downmix_.process(interleaved_.data(), mono_);
    return true;
  }

  std::unique_ptr<Memory> memory_;  // outlives file_, which reads from it
  File file_;
  SF_INFO info_;
  Downmix downmix_;
  std::optional<Resampler> resampler_;
  std::vector<float> interleaved_;
  std::vector<float> mono_;  // read and mixed down, not yet given out from position_ on
  std::size_t position_ = 0;
  std::uint64_t consumed_frames_ = 0;
  std::uint64_t produced_ = 0;
  bool ended_ = false;
};

WavReader::WavReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WavReader::WavReader(WavReader&&) noexcept = default;
WavReader& WavReader::operator=(WavReader&&) noexcept = default;
WavReader::~WavReader() = default;

absl::StatusOr<WavReader> WavReader::open(const std::string& path) {
  const std::string what = "the file " + base::safe_text(path);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return absl::NotFoundError(what + " does not exist; check the path after \"file:\"");
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::InvalidArgumentError(what + " is not a file; name a sound file");
  }
  SF_INFO info{};
  File file(sf_open(path.c_str(), SFM_READ, &info));
  if (!file) return unreadable(what);
  if (absl::Status status = check_format(info, what); !status.ok()) return status;
  return WavReader(std::make_unique<Impl>(std::move(file), info, nullptr));
}

absl::StatusOr<WavReader> WavReader::from_bytes(std::span<const std::byte> bytes) {
  const std::string what = "the sound";
  auto source = std::make_unique<Memory>(Memory{bytes});
  SF_VIRTUAL_IO io{memory_length, memory_seek, memory_read, memory_write, memory_tell};
  SF_INFO info{};
  File file(sf_open_virtual(&io, SFM_READ, &info, source.get()));
  if (!file) return unreadable(what);
  if (absl::Status status = check_format(info, what); !status.ok()) return status;
  return WavReader(std::make_unique<Impl>(std::move(file), info, std::move(source)));
}

std::size_t WavReader::read(std::span<float> out) {
  return impl_->read(out);
}

absl::StatusOr<std::vector<float>> read_wav(std::span<const std::byte> bytes,
                                            std::size_t max_samples) {
  absl::StatusOr<WavReader> reader = WavReader::from_bytes(bytes);
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
  return samples;
}

}  // namespace comcat::audio
