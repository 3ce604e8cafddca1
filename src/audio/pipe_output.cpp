#include "audio/pipe_output.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/text.h"

namespace comcat::audio {
namespace {

class PipeOutput final : public BlockConsumer {
 public:
  /// `path` of a FIFO, or empty for standard output.
  PipeOutput(std::string path, NoticeHandler on_notice)
      : path_(std::move(path)),
        shown_(path_.empty() ? "standard output" : base::safe_text(path_)),
        on_notice_(std::move(on_notice)) {}
  PipeOutput(const PipeOutput&) = delete;
  PipeOutput& operator=(const PipeOutput&) = delete;
  ~PipeOutput() override { close(); }

  absl::Status begin() override {
    if (path_.empty()) fd_ = STDOUT_FILENO;
    return path_.empty() ? absl::OkStatus() : find_reader();
  }

  absl::Status consume(const Block& block) override {
    if (fd_ < 0) {
      if (absl::Status status = find_reader(); !status.ok()) return status;
    }
    if (fd_ < 0) return absl::OkStatus();
    if (waiting_.empty()) {
      append(block);
    } else {
      tell(slow_, "what you hear is read too slowly from " + shown_ + "; some of it is lost");
    }
    return write();
  }

  absl::Status finish() override {
    close();
    return absl::OkStatus();
  }

 private:
  absl::Status find_reader() {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat file {};
    if (fd_ >= 0 && (::fstat(fd_, &file) != 0 || !S_ISFIFO(file.st_mode))) {
      close();  // somebody has put something else in its place
      return absl::FailedPreconditionError(shown_ + " is no pipe any more; choose another");
    }
    if (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      close();
      return absl::FailedPreconditionError("another program writes what it hears into " + shown_ +
                                           "; choose another pipe");
    }
    if (fd_ < 0 && errno != ENXIO) {
      return absl::FailedPreconditionError("the pipe " + shown_ + " cannot be opened (" +
                                           std::generic_category().message(errno) +
                                           "); choose one that you may write to");
    }
    if (fd_ < 0)
      tell(alone_, "nobody reads " + shown_ + "; what you hear is lost until somebody does");
    return absl::OkStatus();
  }

  void append(const Block& block) {
    for (const float sample : block) {
      const float scaled = std::clamp(sample, -1.0F, 1.0F) * 32767.0F;
      const auto value = static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lrint(scaled)));
      waiting_ += static_cast<char>(value & 0xFFU);
      waiting_ += static_cast<char>(value >> 8U);
    }
  }

  /// A block is smaller than PIPE_BUF, so a pipe that poll() calls writable takes it without a
  /// wait, whether or not it is O_NONBLOCK.
  absl::Status write() {
    pollfd out{fd_, POLLOUT, 0};
    if (::poll(&out, 1, 0) <= 0) return absl::OkStatus();
    const ssize_t sent = ::write(fd_, waiting_.data(), waiting_.size());
    if (sent >= 0) {
      waiting_.erase(0, static_cast<std::size_t>(sent));
      return absl::OkStatus();
    }
    if (errno == EAGAIN || errno == EINTR) return absl::OkStatus();
    const int error = errno;
    waiting_.clear();
    if (!path_.empty() && error == EPIPE) {
      close();
      return absl::OkStatus();
    }
    return absl::UnavailableError(
        error == EPIPE ? "nobody reads " + shown_ + " any more; start both again"
                       : shown_ + " cannot be written (" + std::generic_category().message(error) +
                             "); make room, or choose another output");
  }

  void tell(bool& told, const std::string& sentence) {
    if (!std::exchange(told, true) && on_notice_) on_notice_(sentence);
  }

  void close() {
    if (!path_.empty() && fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  const std::string path_;
  const std::string shown_;
  const NoticeHandler on_notice_;
  int fd_ = -1;
  std::string waiting_;  // at most a block that the pipe has not taken yet
  bool slow_ = false;    // has been told
  bool alone_ = false;   // has been told
};

}  // namespace

std::unique_ptr<BlockConsumer> make_standard_output(NoticeHandler on_notice) {
  return std::make_unique<PipeOutput>("", std::move(on_notice));
}

std::unique_ptr<BlockConsumer> make_fifo_output(std::string path, NoticeHandler on_notice) {
  return std::make_unique<PipeOutput>(std::move(path), std::move(on_notice));
}

}  // namespace comcat::audio
