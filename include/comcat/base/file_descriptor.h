#pragma once

namespace comcat::base {

/// A file descriptor that closes itself. Closing keeps errno, so that what failed before can still
/// be told.
/// Threads    one at a time.
/// Ownership  it owns the descriptor until release() or reset().
class FileDescriptor {
 public:
  FileDescriptor() = default;
  /// Takes `fd`, as open(2) and its like return it: negative where there is none.
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  /// The descriptor, which is the caller's from now on.
  [[nodiscard]] int release();
  /// Closes the one it has, and takes `fd`.
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

}  // namespace comcat::base
