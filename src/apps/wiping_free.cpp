// The free() of the program that links this file, its libraries included: what is given back to the
// heap is overwritten first. gRPC and OpenSSL keep what callers sent, the passcode among it, in
// buffers that nobody else can reach, and free them as they are.
//
// Threads: any, from before main() to the end. It allocates nothing. What realloc() moves is not
// overwritten. A sanitizer has a free() of its own; this file goes with none.

#include <atomic>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <malloc.h>

namespace {

using Free = void (*)(void*);

/// That of the C library, or of what was loaded before it in its place.
Free next_free() {
  static constinit std::atomic<Free> next{nullptr};
  Free found = next.load(std::memory_order_relaxed);
  if (found == nullptr) {
    found = reinterpret_cast<Free>(::dlsym(RTLD_NEXT, "free"));
    next.store(found, std::memory_order_relaxed);
  }
  return found;
}

}  // namespace

extern "C" void free(void* block) noexcept {
  if (block == nullptr) return;
  std::memset(block, 0, ::malloc_usable_size(block));
  asm volatile("" : : "r"(block) : "memory");  // it is not for nothing
  next_free()(block);
}
