#pragma once

#include <memory>

namespace comcat::testing {

/// A disk that is full, or that takes as long as a test wants: what every SQLite database of this
/// process is on that is opened while this lives. One at a time.
/// Threads    any. Databases are closed before it goes.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// From now on nothing more can be written, or again all.
  void set_full(bool full);
  /// From now on writing comes to no end (fsync) before it is set to go on.
  void set_stuck(bool stuck);
  /// Waits until somebody is stuck; false where that takes too long.
  [[nodiscard]] bool wait_until_stuck();
  /// How often something was brought to the disk so far.
  [[nodiscard]] int syncs() const;
};

}  // namespace comcat::testing
