// Makes Abseil's mutexes known to ThreadSanitizer. Debian builds Abseil without it, so that it
// would see two threads use the same data and no lock between them. The functions here stand in
// front of Abseil's and tell the sanitizer what they do; every test program of a tsan build links
// them.

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace {

thread_local bool inside = false;  // Abseil's own functions call each other

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// While it lives this thread waits for `mutex` and then holds it.
class Acquire {
 public:
  explicit Acquire(void* mutex, unsigned flags = 0)
      : mutex_(inside ? nullptr : mutex), flags_(flags) {
    if (mutex_ == nullptr) return;
    inside = true;
    __tsan_mutex_pre_lock(mutex_, flags_);
  }
  ~Acquire() {
    if (mutex_ == nullptr) return;
    const unsigned failed = got_ ? 0 : __tsan_mutex_try_lock_failed;
    __tsan_mutex_post_lock(mutex_, flags_ | failed, 0);
    inside = false;
  }
  Acquire(const Acquire&) = delete;
  Acquire& operator=(const Acquire&) = delete;
  bool got(bool got) { return got_ = got; }

 private:
  void* const mutex_;
  const unsigned flags_;
  bool got_ = true;
};

/// While it lives this thread gives `mutex` up. What Abseil evaluates meanwhile on behalf of others
/// (their conditions) is not looked at.
class Release {
 public:
  explicit Release(void* mutex, unsigned flags = 0)
      : mutex_(inside ? nullptr : mutex), flags_(flags) {
    if (mutex_ == nullptr) return;
    inside = true;
    __tsan_mutex_pre_unlock(mutex_, flags_);
  }
  ~Release() {
    if (mutex_ == nullptr) return;
    __tsan_mutex_post_unlock(mutex_, flags_);
    inside = false;
  }
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;

 private:
  void* const mutex_;
  const unsigned flags_;
};

constexpr unsigned kReader = __tsan_mutex_read_lock;
constexpr unsigned kTry = __tsan_mutex_try_lock;

using absl::Condition;
using absl::Duration;
using absl::Time;

}  // namespace

// COMCAT_FRONT(name, result, parameters): our function `name`, linked as Abseil's `SYMBOL`, with
// `real` the one it stands in front of.
#define COMCAT_FRONT(name, symbol, result, ...)                   \
  extern "C" result comcat_##name(__VA_ARGS__) __asm__(symbol);   \
  namespace {                                                     \
  result (*real_##name())(__VA_ARGS__) {                          \
    static auto* const found = next<result(__VA_ARGS__)>(symbol); \
    return found;                                                 \
  }                                                               \
  }                                                               \
  result comcat_##name(__VA_ARGS__)

#define COMCAT_MUTEX(method) "_ZN4absl7debian35Mutex" method
#define COMCAT_CONDITION_VARIABLE(method) "_ZN4absl7debian37CondVar" method

COMCAT_FRONT(destroy, COMCAT_MUTEX("D1Ev"), void, void* mutex) {
  __tsan_mutex_destroy(mutex, 0);
  real_destroy()(mutex);
}

COMCAT_FRONT(lock, COMCAT_MUTEX("4LockEv"), void, void* mutex) {
  const Acquire acquire(mutex);
  real_lock()(mutex);
}

COMCAT_FRONT(unlock, COMCAT_MUTEX("6UnlockEv"), void, void* mutex) {
  const Release release(mutex);
  real_unlock()(mutex);
}

COMCAT_FRONT(try_lock, COMCAT_MUTEX("7TryLockEv"), bool, void* mutex) {
  Acquire acquire(mutex, kTry);
  return acquire.got(real_try_lock()(mutex));
}

COMCAT_FRONT(reader_lock, COMCAT_MUTEX("10ReaderLockEv"), void, void* mutex) {
  const Acquire acquire(mutex, kReader);
  real_reader_lock()(mutex);
}

COMCAT_FRONT(reader_unlock, COMCAT_MUTEX("12ReaderUnlockEv"), void, void* mutex) {
  const Release release(mutex, kReader);
  real_reader_unlock()(mutex);
}

COMCAT_FRONT(lock_when, COMCAT_MUTEX("8LockWhenERKNS0_9ConditionE"), void, void* mutex,
             const Condition& condition) {
  const Acquire acquire(mutex);
  real_lock_when()(mutex, condition);
}

COMCAT_FRONT(lock_when_until, COMCAT_MUTEX("20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE"),
             bool, void* mutex, const Condition& condition, Time deadline) {
  const Acquire acquire(mutex);
  return real_lock_when_until()(mutex, condition, deadline);
}

COMCAT_FRONT(lock_when_for, COMCAT_MUTEX("19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE"),
             bool, void* mutex, const Condition& condition, Duration timeout) {
  const Acquire acquire(mutex);
  return real_lock_when_for()(mutex, condition, timeout);
}

// A wait gives the mutex up and takes it again.

COMCAT_FRONT(await, COMCAT_MUTEX("5AwaitERKNS0_9ConditionE"), void, void* mutex,
             const Condition& condition) {
  { const Release release(mutex); }
  const Acquire acquire(mutex);
  real_await()(mutex, condition);
}

COMCAT_FRONT(await_for, COMCAT_MUTEX("16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE"), bool,
             void* mutex, const Condition& condition, Duration timeout) {
  { const Release release(mutex); }
  const Acquire acquire(mutex);
  return real_await_for()(mutex, condition, timeout);
}

COMCAT_FRONT(await_until, COMCAT_MUTEX("17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE"), bool,
             void* mutex, const Condition& condition, Time deadline) {
  { const Release release(mutex); }
  const Acquire acquire(mutex);
  return real_await_until()(mutex, condition, deadline);
}

COMCAT_FRONT(wait, COMCAT_CONDITION_VARIABLE("4WaitEPNS0_5MutexE"), void, void* condition,
             void* mutex) {
  { const Release release(mutex); }
  const Acquire acquire(mutex);
  real_wait()(condition, mutex);
}

COMCAT_FRONT(wait_for, COMCAT_CONDITION_VARIABLE("15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE"),
             bool, void* condition, void* mutex, Duration timeout) {
  { const Release release(mutex); }
  const Acquire acquire(mutex);
  return real_wait_for()(condition, mutex, timeout);
}

COMCAT_FRONT(wait_until, COMCAT_CONDITION_VARIABLE("16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE"),
             bool, void* condition, void* mutex, Time deadline) {
  { const Release release(mutex); }
  const Acquire acquire(mutex);
  return real_wait_until()(condition, mutex, deadline);
}
