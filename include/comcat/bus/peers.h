#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::bus {

/// What has come from each of the other buses, by the names that their owners have. What comes from
/// one that has been given no name is in Counters alone, so that strangers are not named.
///
/// Capacity   kMost names; what comes from further ones is counted as kOthers.
/// Threads    any.
class Peers {
 public:
  static constexpr std::size_t kMost = 64;
  static constexpr const char* kOthers = "others";

  struct Figures {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    std::uint64_t late = 0;  // too old when they arrived
    base::Duration age{};    // of all of them, summed
  };

  /// From now on `sender` is called so.
  void name(std::uint64_t sender, const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_);
  void forget(std::uint64_t sender) ABSL_LOCKS_EXCLUDED(mutex_);

  void count(std::uint64_t sender, std::size_t bytes, base::Duration age)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void count_late(std::uint64_t sender) ABSL_LOCKS_EXCLUDED(mutex_);

  /// By name, those too that are gone.
  [[nodiscard]] std::map<std::string, Figures> all() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Figures* find(std::uint64_t sender) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<std::uint64_t, std::string> names_ ABSL_GUARDED_BY(mutex_);  // of those that live
  std::map<std::string, Figures> figures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::bus
