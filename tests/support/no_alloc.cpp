#include "support/no_alloc.h"

#include <ostream>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COMCAT_COUNTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define COMCAT_COUNTS 0
#endif
#endif
#ifndef COMCAT_COUNTS
#define COMCAT_COUNTS 1
#endif

namespace comcat::testing {
namespace {

thread_local bool armed = false;
thread_local RealtimeSins counted;

}  // namespace

void PrintTo(const RealtimeSins& sins, std::ostream* out) {
  *out << sins.allocations << " allocations, " << sins.locks << " locks, " << sins.try_locks
       << " tried locks, " << sins.waits << " waits";
}

NoAlloc::NoAlloc() noexcept {
  counted = {};
  armed = true;
}

NoAlloc::~NoAlloc() {
  armed = false;
}

RealtimeSins NoAlloc::sins() const noexcept {
  return counted;
}

bool no_alloc_counts() noexcept {
  return COMCAT_COUNTS != 0;
}

}  // namespace comcat::testing

#if COMCAT_COUNTS

#include <cstddef>

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

namespace {

using comcat::testing::armed;
using comcat::testing::counted;

void count(int comcat::testing::RealtimeSins::*sin) {
  if (armed) ++(counted.*sin);
}

/// The function that ours stands in front of.
template <typename Function>
Function* next(const char* name, const char* version = nullptr) {
  void* found = version == nullptr ? nullptr : dlvsym(RTLD_NEXT, name, version);
  if (found == nullptr) found = dlsym(RTLD_NEXT, name);
  return reinterpret_cast<Function*>(found);
}

constexpr auto kAllocation = &comcat::testing::RealtimeSins::allocations;
constexpr auto kLock = &comcat::testing::RealtimeSins::locks;
constexpr auto kTryLock = &comcat::testing::RealtimeSins::try_locks;
constexpr auto kWait = &comcat::testing::RealtimeSins::waits;

}  // namespace

extern "C" {

// glibc's own entry points: dlsym() itself may allocate.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  count(kAllocation);
  return __libc_malloc(size);
}
void* calloc(std::size_t items, std::size_t size) {
  count(kAllocation);
  return __libc_calloc(items, size);
}
void* realloc(void* memory, std::size_t size) {
  count(kAllocation);
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  count(kAllocation);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count(kAllocation);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  count(kAllocation);
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;  // ENOMEM
}
void free(void* memory) {
  if (memory != nullptr) count(kAllocation);
  __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  count(kLock);
  static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_lock");
  return real(mutex);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  count(kTryLock);
  static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_trylock");
  return real(mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  count(kLock);
  static auto* const real = next<int(pthread_rwlock_t*)>("pthread_rwlock_rdlock");
  return real(lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  count(kLock);
  static auto* const real = next<int(pthread_rwlock_t*)>("pthread_rwlock_wrlock");
  return real(lock);
}
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  count(kWait);
  static auto* const real =
      next<int(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait", "GLIBC_2.3.2");
  return real(condition, mutex);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const struct timespec* until) {
  count(kWait);
  static auto* const real = next<int(pthread_cond_t*, pthread_mutex_t*, const struct timespec*)>(
      "pthread_cond_timedwait", "GLIBC_2.3.2");
  return real(condition, mutex, until);
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const struct timespec* until) {
  count(kWait);
  static auto* const real =
      next<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const struct timespec*)>(
          "pthread_cond_clockwait");
  return real(condition, mutex, clock, until);
}
int sem_wait(sem_t* semaphore) {
  count(kWait);
  static auto* const real = next<int(sem_t*)>("sem_wait");
  return real(semaphore);
}
int sem_timedwait(sem_t* semaphore, const struct timespec* until) {
  count(kWait);
  static auto* const real = next<int(sem_t*, const struct timespec*)>("sem_timedwait");
  return real(semaphore, until);
}
int nanosleep(const struct timespec* time, struct timespec* left) {
  count(kWait);
  static auto* const real = next<int(const struct timespec*, struct timespec*)>("nanosleep");
  return real(time, left);
}
int poll(struct pollfd* files, nfds_t size, int timeout) {
  count(kWait);
  static auto* const real = next<int(struct pollfd*, nfds_t, int)>("poll");
  return real(files, size, timeout);
}
ssize_t read(int file, void* into, std::size_t size) {
  count(kWait);
  static auto* const real = next<ssize_t(int, void*, std::size_t)>("read");
  return real(file, into, size);
}
ssize_t write(int file, const void* from, std::size_t size) {
  count(kWait);
  static auto* const real = next<ssize_t(int, const void*, std::size_t)>("write");
  return real(file, from, size);
}

// Debian 12's absl::Mutex::Lock() and ReaderLock().
void comcat_absl_lock(void* mutex) __asm__("_ZN4absl7debian35Mutex4LockEv");
void comcat_absl_reader_lock(void* mutex) __asm__("_ZN4absl7debian35Mutex10ReaderLockEv");

void comcat_absl_lock(void* mutex) {
  count(kLock);
  static auto* const real = next<void(void*)>("_ZN4absl7debian35Mutex4LockEv");
  real(mutex);
}
void comcat_absl_reader_lock(void* mutex) {
  count(kLock);
  static auto* const real = next<void(void*)>("_ZN4absl7debian35Mutex10ReaderLockEv");
  real(mutex);
}

}  // extern "C"

#endif  // COMCAT_COUNTS
