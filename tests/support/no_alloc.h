#pragma once

#include <gtest/gtest.h>

/// Counts what a real-time thread must not do: see COMCAT_REALTIME.
///
/// How        linking comcat_no_alloc puts counting functions in front of malloc and its kin (and
/// so
///            of operator new), of pthread's and Abseil's mutexes, and of what waits: condition
///            variables, semaphores, nanosleep, poll, read and write. Only calls that go through
///            the dynamic linker are seen, which leaves out those inside glibc.
/// Sanitizers bring their own malloc and locks: there nothing is counted, and a test says so with
///            COMCAT_SKIP_IF_NOT_COUNTING().
namespace comcat::testing {

struct RealtimeSins {
  int allocations = 0;  // and frees
  int locks = 0;        // blocking ones
  int try_locks = 0;    // which never wait: counted apart
  int waits = 0;
  friend bool operator==(const RealtimeSins&, const RealtimeSins&) = default;
};

void PrintTo(const RealtimeSins& sins, std::ostream* out);

/// Counts for the thread that made it, from construction to destruction. Not nested.
class NoAlloc {
 public:
  NoAlloc() noexcept;
  ~NoAlloc();
  NoAlloc(const NoAlloc&) = delete;
  NoAlloc& operator=(const NoAlloc&) = delete;

  /// Since construction; itself without sin.
  [[nodiscard]] RealtimeSins sins() const noexcept;
};

/// False in a program built with a sanitizer.
[[nodiscard]] bool no_alloc_counts() noexcept;

}  // namespace comcat::testing

#define COMCAT_SKIP_IF_NOT_COUNTING()                                          \
  if (!comcat::testing::no_alloc_counts()) {                                   \
    GTEST_SKIP() << "allocations and locks are the sanitizer's in this build"; \
  }                                                                            \
  static_assert(true, "")
