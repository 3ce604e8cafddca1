#include "audio/shared_stream.h"

#include <new>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>

#include "absl/status/status.h"

namespace comcat::audio {
namespace {

/// Null where it cannot be mapped.
void* map(int fd) {
  void* const memory =
      mmap(nullptr, sizeof(SharedStream), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

absl::Status no_memory() {
  return absl::ResourceExhaustedError(
      "there is no memory for a sound device's samples; close other programs");
}

}  // namespace

absl::StatusOr<SharedStreamMemory> SharedStreamMemory::create() {
  base::FileDescriptor fd(memfd_create("comcat-sound", MFD_CLOEXEC));
  if (!fd.valid() || ftruncate(fd.get(), sizeof(SharedStream)) != 0) return no_memory();
  void* const memory = map(fd.get());
  if (memory == nullptr) return no_memory();
  return SharedStreamMemory(std::move(fd), new (memory) SharedStream);
}

absl::StatusOr<SharedStreamMemory> SharedStreamMemory::attach(base::FileDescriptor fd) {
  struct stat file {};
  if (fstat(fd.get(), &file) != 0 || file.st_size < static_cast<off_t>(sizeof(SharedStream))) {
    return absl::InvalidArgumentError("that is no stream's memory");
  }
  void* const memory = map(fd.get());
  if (memory == nullptr) return no_memory();
  return SharedStreamMemory(std::move(fd), std::launder(static_cast<SharedStream*>(memory)));
}

SharedStreamMemory::SharedStreamMemory(SharedStreamMemory&& other) noexcept
    : fd_(std::move(other.fd_)), stream_(std::exchange(other.stream_, nullptr)) {}

/// The semaphore lives in the memory, which the other process may still have: nothing to free.
SharedStreamMemory::~SharedStreamMemory() {
  if (stream_ != nullptr) munmap(stream_, sizeof(SharedStream));
}

}  // namespace comcat::audio
