#include "audio/byte_input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace comcat::audio {
namespace {

class FileBytes final : public ByteInput {
 public:
  explicit FileBytes(int fd) : fd_(fd) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override { ::close(fd_); }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got =
          ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::uint64_t size() const override {
    struct stat info {};
    return ::fstat(fd_, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
  }

 private:
  const int fd_;
};

class MemoryBytes final : public ByteInput {
 public:
  explicit MemoryBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= bytes_.size()) return 0;
    const std::span<const std::byte> rest = bytes_.subspan(static_cast<std::size_t>(offset));
    const std::size_t count = std::min(into.size(), rest.size());
    std::copy_n(rest.begin(), count, into.begin());
    return count;
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  const std::span<const std::byte> bytes_;
};

class Window final : public ByteInput {
 public:
  Window(Bytes bytes, std::uint64_t begin, std::uint64_t end)
      : bytes_(std::move(bytes)), begin_(begin), size_(end - begin) {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= size_) return 0;
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
    return bytes_->read_at(begin_ + offset, into.first(count));
  }
  std::uint64_t size() const override { return size_; }

 private:
  const Bytes bytes_;
  const std::uint64_t begin_;
  const std::uint64_t size_;
};

class Tail final : public ByteInput {
 public:
  Tail(Bytes bytes, std::uint64_t begin) : bytes_(std::move(bytes)), begin_(begin) {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return bytes_->read_at(begin_ + offset, into);
  }
  std::uint64_t size() const override {
    const std::uint64_t size = bytes_->size();
    return size - std::min(size, begin_);
  }

 private:
  const Bytes bytes_;
  const std::uint64_t begin_;
};

class Patched final : public ByteInput {
 public:
  Patched(Bytes bytes, std::vector<Patch> patches)
      : bytes_(std::move(bytes)), patches_(std::move(patches)) {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t got = bytes_->read_at(offset, into);
    for (const Patch& patch : patches_) {
      const std::uint64_t begin = std::max(offset, patch.offset);
      const std::uint64_t end = std::min(offset + got, patch.offset + patch.bytes.size());
      for (std::uint64_t at = begin; at < end; ++at) {
        into[static_cast<std::size_t>(at - offset)] =
            patch.bytes[static_cast<std::size_t>(at - patch.offset)];
      }
    }
    return got;
  }
  std::uint64_t size() const override { return bytes_->size(); }

 private:
  const Bytes bytes_;
  const std::vector<Patch> patches_;
};

}  // namespace

absl::StatusOr<Bytes> open_file_bytes(const std::string& path, const std::string& what) {
  // O_NONBLOCK: a pipe without a writer would be waited for; an ordinary file does not mind.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    const int error = errno;
    if (error == ENOENT) {
      return absl::NotFoundError(what + " does not exist; check the path");
    }
    return absl::FailedPreconditionError(what + " cannot be opened (" +
                                         std::generic_category().message(error) +
                                         "); choose one that you may read");
  }
  auto bytes = std::make_shared<FileBytes>(fd);
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(what + " is not a file; name a sound file");
  }
  return bytes;
}

Bytes memory_bytes(std::span<const std::byte> bytes) {
  return std::make_shared<MemoryBytes>(bytes);
}

Bytes window(Bytes bytes, std::uint64_t begin, std::uint64_t end) {
  return std::make_shared<Window>(std::move(bytes), begin, end);
}

Bytes tail(Bytes bytes, std::uint64_t begin) {
  return std::make_shared<Tail>(std::move(bytes), begin);
}

Bytes patched(Bytes bytes, std::vector<Patch> patches) {
  return std::make_shared<Patched>(std::move(bytes), std::move(patches));
}

}  // namespace comcat::audio
