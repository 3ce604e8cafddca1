#include "audio/pipe_input.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "comcat/audio/frame.h"
#include "comcat/base/text.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "audio/mono_reader.h"
#include "audio/other_stream.h"
#include "audio/pipe_bytes.h"
#include "audio/sndfile_decoder.h"

namespace comcat::audio {
namespace {

constexpr std::size_t kAheadSamples = to_samples(std::chrono::milliseconds{200});

class RawDecoder final : public SoundDecoder {
 public:
  explicit RawDecoder(Bytes bytes) : bytes_(std::move(bytes)) {}
  const SoundFormat& format() const override { return format_; }

  std::size_t read(std::span<float> samples) override {
    buffer_.resize(samples.size() * 2);
    const std::size_t got = bytes_->read_at(offset_, buffer_);
    offset_ += got;
    for (std::size_t i = 0; i < got / 2; ++i) {
      const auto low = std::to_integer<unsigned>(buffer_[2 * i]);
      const auto high = std::to_integer<unsigned>(buffer_[2 * i + 1]);
      samples[i] = static_cast<float>(static_cast<std::int16_t>(high << 8 | low)) / 32768.0F;
    }
    return got / 2;
  }

 private:
  const Bytes bytes_;
  const SoundFormat format_{kSampleRate, 1, equal_weights(1)};
  std::vector<std::byte> buffer_;
  std::uint64_t offset_ = 0;
};

absl::StatusOr<std::unique_ptr<SoundDecoder>> decoder_for(const Bytes& bytes,
                                                          const std::string& what) {
  std::array<char, 4> start{};
  bytes->read_at(0, std::as_writable_bytes(std::span(start)));
  const std::string_view magic(start.data(), start.size());
  if (magic == "RIFF" || magic == "RIFX" || magic == "RF64") {
    return open_sndfile_decoder(bytes, what);
  }
  if (is_other_stream(*bytes)) {
    return absl::FailedPreconditionError(
        what + " is neither raw sound nor WAV; write one of these, or name the file itself");
  }
  return std::make_unique<RawDecoder>(bytes);
}

class PipeInput final : public SoundProducer {
 public:
  /// `path` of a FIFO, or empty where `fd` is standard input's.
  PipeInput(int fd, std::string path)
      : path_(std::move(path)),
        what_(path_.empty() ? "what standard input brings"
                            : "what " + base::safe_text(path_) + " brings"),
        wake_fd_(::eventfd(0, EFD_CLOEXEC)),
        fd_(fd),
        thread_([this] { run(); }) {}
  PipeInput(const PipeInput&) = delete;
  PipeInput& operator=(const PipeInput&) = delete;

  ~PipeInput() override {
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    (void)::eventfd_write(wake_fd_, 1);
    thread_.join();
    ::close(wake_fd_);
    if (!path_.empty()) ::close(fd_);
  }

  Produced produce(std::span<float> samples) override {
    const absl::MutexLock lock(&mutex_);
    std::ranges::fill(samples, 0.0F);
    if (samples_.empty()) {
      playing_ = false;
      waited_samples_ = 0;
      return ended_ ? Produced::kEnd : Produced::kNothing;
    }
    if (!playing_ && !ended_ && samples_.size() < kAheadSamples &&
        (waited_samples_ += samples.size()) < kAheadSamples) {
      return Produced::kNothing;
    }
    playing_ = true;
    const std::size_t count = std::min(samples.size(), samples_.size());
    std::copy_n(samples_.begin(), count, samples.begin());
    samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(count));
    return Produced::kSound;
  }

  absl::Status status() const override {
    const absl::MutexLock lock(&mutex_);
    return status_;
  }
  bool may_resume() const override { return !path_.empty(); }

 private:
  void run() {
    while (speak_one_writer() && !path_.empty() && next_writer()) {
    }
  }

  /// False once stopped.
  bool speak_one_writer() {
    const auto bytes = std::make_shared<PipeBytes>(fd_, wake_fd_);
    std::array<std::byte, 1> first{};
    const bool something = bytes->read_at(0, first) > 0;
    if (something) {
      auto decoder = decoder_for(bytes, what_);
      if (decoder.ok()) {
        set_ended(false);
        MonoReader reader(*std::move(decoder));
        Block block;
        for (std::size_t count = 0; (count = reader.read(block)) > 0;) {
          if (!put(std::span<const float>(block).first(count))) return false;
        }
      } else {
        const absl::MutexLock lock(&mutex_);
        status_ = absl::FailedPreconditionError(decoder.status().message());
      }
    }
    if (something || path_.empty()) set_ended(true);
    const absl::MutexLock lock(&mutex_);
    return !stopping_ && status_.ok();
  }

  /// Waits until there is room; false once stopped.
  bool put(std::span<const float> samples) {
    const absl::MutexLock lock(&mutex_);
    const auto room = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return stopping_ || samples_.size() < kAheadSamples;
    };
    mutex_.Await(absl::Condition(&room));
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    return !stopping_;
  }

  /// A descriptor that has seen a writer go is at its end for good; a new one waits for the next.
  bool next_writer() {
    const int next = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (next < 0) return false;
    ::close(std::exchange(fd_, next));
    return true;
  }

  void set_ended(bool ended) {
    const absl::MutexLock lock(&mutex_);
    ended_ = ended;
  }

  const std::string path_;
  const std::string what_;
  const int wake_fd_;
  int fd_;  // the thread's
  mutable absl::Mutex mutex_;
  std::deque<float> samples_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;  // the last writer has gone
  bool playing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::size_t waited_samples_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<SoundProducer> make_standard_input() {
  return std::make_unique<PipeInput>(STDIN_FILENO, "");
}

absl::StatusOr<std::unique_ptr<SoundProducer>> make_fifo_input(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        "the pipe " + base::safe_text(path) + " cannot be opened (" +
        std::generic_category().message(errno) + "); choose one that you may read");
  }
  return std::make_unique<PipeInput>(fd, path);
}

}  // namespace comcat::audio
